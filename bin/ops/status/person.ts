import { NO_ID } from '../../../functions/shared/display-id.ts'
import { plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import type { PersonLine } from '../telemetry.ts'
import { isoTime, lastPeriod, type Report } from './report.ts'

/** Reports the log lines about one person, whom the log and this report identify by a hash. */
export function reportPerson(lines: readonly PersonLine[], personHash: string, sinceMs: number): Report {
  const requests = lines.filter(({ message }) => message === 'request').length
  const parked = lines.filter(({ message }) => message === 'parked').length
  const during = `in ${lastPeriod(sinceMs)}`
  const summary =
    lines.length === 0
      ? `The log does not mention this person ${during}.`
      : `This person: ${plural(requests, 'request')} ${during}, ${parked === 0 ? 'nothing parked' : `${plural(parked, 'record')} parked`}.`
  return {
    ok: lines.length > 0,
    lines: [
      summary,
      `The log identifies them as ${personHash}.`,
      ...(lines.length > 0 ? [''] : []),
      ...lines.flatMap(formatLine),
      '',
      ...LOGGING_NOTE,
    ],
    result: { personHash, requests, parked, entries: lines.map(toEntry) },
  }
}

function formatLine(line: PersonLine): string[] {
  const at = `  ${formatTime(line.at)}  `
  const { requestId } = line
  return [
    `${at}${inWords(line)}`,
    ...(requestId === undefined ? [] : [`${''.padEnd(at.length)}request id ${requestId}`]),
  ]
}

function inWords({ message, endpoint, connection, status, accepted, rejected, code, kind, run }: PersonLine) {
  if (message === 'request')
    return `request to ${endpoint} of ${connection}: ${status}, ${accepted} accepted, ${rejected} unreadable`
  if (message !== 'parked') return message
  return `parked from ${kind}${isRun(run) ? ` of run ${run}` : ''}: ${code}`
}

const isRun = (run: string | undefined) => run !== undefined && run !== NO_ID

const toEntry = ({ at, message, status, accepted, rejected, kind, run, ...others }: PersonLine) => ({
  loggedAt: isoTime(at),
  message,
  ...others,
  ...(kind !== undefined && { queue: kind }),
  ...(isRun(run) && { run }),
  ...(status !== undefined && { status: Number(status) }),
  ...(accepted !== undefined && { accepted: Number(accepted) }),
  ...(rejected !== undefined && { unreadable: Number(rejected) }),
})

const LOGGING_NOTE = [
  'The log identifies the people of requests of at most 10 rows, and those of up',
  'to 20 parked records for each invocation of the worker. What was accepted and is',
  'not parked is delivered or waits; status shows how long.',
]
