import { NO_ID } from '../../../functions/shared/progress.ts'
import { durationInWords } from '../../cli/duration.ts'
import { plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import type { PersonLine } from '../telemetry.ts'

/** Formats the log lines about one person, whom the log and this output identify by a hash. */
export function formatPerson(lines: readonly PersonLine[], person: string, sinceMs: number): string[] {
  const during = `in the last ${durationInWords(sinceMs)}`
  const requests = lines.filter(({ message }) => message === 'request').length
  const parked = lines.filter(({ message }) => message === 'parked').length
  const summary =
    lines.length === 0
      ? `Nothing is told of this person ${during}.`
      : `Of this person, ${plural(requests, 'request')} ${during}, and ${parked === 0 ? 'nothing was parked' : `${plural(parked, 'record')} parked`}.`
  return [
    summary,
    `The log calls them ${person}.`,
    ...(lines.length > 0 ? [''] : []),
    ...lines.map((line) => `  ${formatTime(line.at)}  ${formatLine(line)}`),
    '',
    ...LOGGING_NOTE,
  ]
}

function formatLine({
  message,
  endpoint,
  connection,
  requestId,
  status,
  accepted,
  rejected,
  code,
  kind,
  run,
}: PersonLine) {
  if (message === 'request')
    return `accepted by request ${requestId} to ${endpoint} of ${connection}: ${status}, ${accepted} accepted, ${rejected} rejected`
  if (message !== 'parked') return message
  const ofRun = run === undefined || run === NO_ID ? '' : ` of run ${run}`
  return `parked from ${kind}${ofRun}, request ${requestId}: ${code}`
}

const LOGGING_NOTE = [
  'Requests of more than 10 rows name nobody, and the worker tells of each record that it parks, 20 an invocation. What',
  'was accepted and is not parked is delivered, or waits: status shows how long.',
]
