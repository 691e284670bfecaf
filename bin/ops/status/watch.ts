import { printable } from '../../cli/lines.ts'
import { errorReason } from '../error-message.ts'

export type WatchDeps = {
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
  out: (line: string) => void
  /** Receives the error of a read that failed, unless it is drawn in place. */
  error: (line: string) => void
  /** Writes escape sequences to a terminal, where each status is drawn over the previous one. */
  draw?: (text: string) => void
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
  { pause, stop, out, error, draw }: WatchDeps,
): Promise<void> {
  while (!stop.aborted) {
    const seen = await readOnce().catch(
      (cause: unknown) => `The status cannot be read: ${errorReason(cause)}`,
    )
    if (stop.aborted) return
    if (draw) draw(frame(typeof seen === 'string' ? [seen] : seen))
    else if (typeof seen === 'string') error(seen)
    else for (const line of seen) out(line)
    await pause(everyMs)
  }
}

const frame = (lines: readonly string[]) =>
  `${HOME}${lines.map((line) => `${printable(line)}${CLEAR_LINE}`).join('\n')}\n${CLEAR_BELOW}`
