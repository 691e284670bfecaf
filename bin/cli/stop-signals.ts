/**
 * One press of Ctrl-C arrives twice: from the terminal, and from npm, which passes it on to its child
 * process.
 */
const SAME_PRESS_MS = 1000

/**
 * @param force called when the user presses Ctrl-C a second time.
 * @returns a promise that resolves at the first Ctrl-C or SIGTERM.
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
