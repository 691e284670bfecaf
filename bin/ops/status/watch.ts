export type WatchDeps = {
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
  out: (text: string) => void
  /** Redraws in place; otherwise each status is printed below the previous one. */
  onTerminal: boolean
}

/** ECMA-48: the cursor to the top left, clear to the end of a line, clear to the end of the screen. */
const HOME = '\u001b[H'
const CLEAR_LINE = '\u001b[K'
const CLEAR_BELOW = '\u001b[J'

/**
 * Reads and prints the status repeatedly until the operator stops it. A read that fails is reported, since
 * the next one may succeed.
 */
export async function watch(
  readOnce: () => Promise<readonly string[]>,
  everyMs: number,
  { pause, stop, out, onTerminal }: WatchDeps,
): Promise<void> {
  while (!stop.aborted) {
    const lines = await readOnce().catch((error: unknown) => [
      `It does not answer: ${error instanceof Error ? error.message : error}`,
    ])
    if (stop.aborted) return
    if (onTerminal) out(`${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\n')}\n${CLEAR_BELOW}`)
    else for (const line of lines) out(line)
    await pause(everyMs)
  }
}
