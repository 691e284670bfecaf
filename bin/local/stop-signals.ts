/** npm passes Ctrl-C on to what it runs, which has had it from the terminal already: one press comes twice. */
const SAME_PRESS_MS = 1000

/**
 * @param force called at the second press of Ctrl-C.
 * @returns a promise of the first wish to stop: Ctrl-C, or SIGTERM.
 */
export function stopSignals(
  on: (signal: 'SIGINT' | 'SIGTERM', listener: () => void) => unknown,
  now: () => number,
  force: () => void,
): Promise<void> {
  let requestedAt: number | undefined
  return new Promise((resolve) => {
    const ask = () => {
      if (requestedAt !== undefined && now() - requestedAt > SAME_PRESS_MS) force()
      requestedAt ??= now()
      resolve()
    }
    on('SIGINT', ask)
    on('SIGTERM', ask)
  })
}
