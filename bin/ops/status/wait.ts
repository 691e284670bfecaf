import type { Report } from './report.ts'

/**
 * Reads until the report is final, at most this long.
 * @param read rejects if the bridge does not answer, which ends the wait.
 * @returns the last report.
 */
export async function waitUntilFinal(
  read: () => Promise<Report>,
  atMostMs: number,
  everyMs: number,
  { now, pause, stop }: { now: () => number; pause: (ms: number) => Promise<void>; stop: AbortSignal },
): Promise<Report> {
  const until = now() + atMostMs
  for (;;) {
    const report = await read()
    if (report.isFinal || now() >= until || stop.aborted) return report
    await pause(Math.min(everyMs, Math.max(0, until - now())))
  }
}
