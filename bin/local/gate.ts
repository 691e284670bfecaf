export type Gate = {
  /** Ends what was begun while the gate was open. */
  close: () => void
  open: () => void
  /** Aborts when the gate closes, or for good when everything stops. */
  signal: () => AbortSignal
  /** Resolves when the gate is open, or when everything stops. */
  passed: () => Promise<void>
}

/** Holds up whoever asks to pass while it is closed. */
export function openGate(stopping: AbortSignal, isOpen: boolean): Gate {
  let closing = new AbortController()
  let opened = Promise.withResolvers<void>()
  if (isOpen) opened.resolve()
  else closing.abort()
  stopping.addEventListener('abort', () => opened.resolve(), { once: true })
  return {
    close: () => {
      if (closing.signal.aborted) return
      opened = Promise.withResolvers<void>()
      if (stopping.aborted) opened.resolve()
      closing.abort()
    },
    open: () => {
      if (!closing.signal.aborted) return
      closing = new AbortController()
      opened.resolve()
    },
    signal: () => AbortSignal.any([stopping, closing.signal]),
    passed: () => opened.promise,
  }
}
