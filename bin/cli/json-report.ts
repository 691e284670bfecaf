import { escapedInJson } from './lines.ts'

/**
 * Writes what `--json` prints, which has the same shape for every command. In `result`, times are ISO 8601
 * in UTC under names that end with `At`, durations are under names that end with `Seconds`, and a name means
 * the same in every command. Control characters are escaped, because a sender's text may hold them and a
 * terminal would obey them.
 * @param ok whether the exit code is 0.
 * @param at milliseconds since the epoch.
 * @returns its lines.
 */
export const jsonReport = (report: {
  command: string
  /** The bridge that was looked at; absent for commands that need none. */
  target?: string
  at: number
  ok: boolean
  result: object
}): string[] =>
  escapedInJson(JSON.stringify({ ...report, at: new Date(report.at).toISOString() }, undefined, 2)).split(
    '\n',
  )
