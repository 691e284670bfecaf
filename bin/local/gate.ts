export type Gate = {
  /** Closes the gate and aborts the signals that were handed out while it was open. */
  close: () => void
  open: () => void
  /** Aborts when the gate closes or when everything stops. */
  signal: () => AbortSignal
  /** Resolves when the gate is open, or when everything stops. */
  whenOpen: () => Promise<void>
}

/** Lets callers wait until receiving is allowed. */
export function openGate(stopping: AbortSignal, isOpen: boolean): Gate {
  let closing = new AbortController()
  let opening = Promise.withResolvers<void>()
  if (isOpen) opening.resolve()
  else closing.abort()
  stopping.addEventListener('abort', () => opening.resolve(), { once: true })
  return {
    close: () => {
      if (closing.signal.aborted) return
      opening = Promise.withResolvers<void>()
      if (stopping.aborted) opening.resolve()
      closing.abort()
    },
    open: () => {
      if (!closing.signal.aborted) return
      closing = new AbortController()
      opening.resolve()
    },
    signal: () => AbortSignal.any([stopping, closing.signal]),
    whenOpen: () => opening.promise,
  }
}
