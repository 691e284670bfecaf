import { labelled } from '../../cli/lines.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { type RequestOptions, requestFlags } from '../sent-file/request-options.ts'
import type { FollowResult } from './follow.ts'
import type { SendProgress } from './requests.ts'
import type { SendReport } from './send.ts'

/** What was typed, for suggesting the next command. */
export type Typed = {
  targetFlags: string
  file: string
  requestOptions: RequestOptions
  key: string | undefined
}

/** Formats what became of the file's rows, and the next command. */
export function formatReport({ sending, followed }: SendReport, typed: Typed): string[] {
  const { accepted, skipped, captured, ended } = sending
  const end = ended ? endLines(ended, typed) : []
  if (captured) return [...end, ...captureLines(sending, typed)]
  const { targetFlags } = typed
  return [
    ...end,
    ...labelled('Accepted', [plural(accepted, 'row')]),
    ...(skipped > 0 ? labelled('Skipped', [`${plural(skipped, 'line')} that hold no data`]) : []),
    ...(followed ? labelled('Delivered', deliveredLines(followed, accepted, targetFlags)) : []),
    ...labelled('Parked', parkedLines(sending, followed, targetFlags)),
    ...(followed || accepted === 0
      ? []
      : labelled('Not followed', [`npm run ops -- status ${targetFlags}   shows what is in progress`])),
    ...(accepted > 0 ? labelled('Check with', [verifyCommand(typed)]) : []),
  ]
}

/** The same for `--json`. */
export function reportForJson({ rows, requests, sending, followed }: SendReport, typed: Typed) {
  const { accepted, rejected, skipped, captured, ended } = sending
  const codes = codesOf(sending, followed)
  const byCode = [...codes].map(([code, count]) => ({ code, rows: count }))
  const tally = followed?.tally
  const parked = rejected + (tally?.parked ?? 0)
  return {
    connection: typed.requestOptions.connection,
    endpoint: typed.requestOptions.endpoint,
    ...(typed.key !== undefined && { idempotencyKey: typed.key }),
    rows,
    requests,
    captured,
    accepted,
    ...(skipped > 0 && { skipped }),
    ...(captured ? { wouldPark: rejected, wouldParkByCode: byCode } : { parked, parkedByCode: byCode }),
    ...(tally && {
      delivered: tally.delivered,
      inProgress: accepted - tally.delivered - tally.parked,
      following: followingForJson(followed),
    }),
    ...(ended && { ended: { kind: ended.kind, row: ended.row, reason: ended.reason } }),
  }
}

const followingForJson = ({ ended }: FollowResult) =>
  typeof ended === 'string' ? { outcome: ended } : { outcome: 'problem', reason: ended.problem }

function codesOf({ rejectedByCode }: SendProgress, followed: FollowResult | undefined): Map<string, number> {
  const codes = new Map(rejectedByCode)
  for (const [code, count] of followed?.tally.codes ?? []) codes.set(code, (codes.get(code) ?? 0) + count)
  return codes
}

const countLines = (codes: ReadonlyMap<string, number>) =>
  [...codes].map(([code, count]) => `${formatCount(count)} ${code}`)

function captureLines(sending: SendProgress, { requestOptions: { connection }, targetFlags }: Typed) {
  const { accepted, rejected, rejectedByCode } = sending
  return [
    ...labelled('Captured', [
      `${plural(accepted + rejected, 'row')}: the connection ${connection} is in capture mode, so nothing is`,
      'delivered to Braze or parked',
    ]),
    ...labelled('Would accept', [formatCount(accepted)]),
    ...(rejected > 0 ? labelled('Would park', [formatCount(rejected), ...countLines(rejectedByCode)]) : []),
    ...labelled('', [
      `npm run ops -- captures --connection ${connection} ${targetFlags}   shows how they were read`,
    ]),
  ]
}

function parkedLines(sending: SendProgress, followed: FollowResult | undefined, targetFlags: string) {
  const parked = sending.rejected + (followed?.tally.parked ?? 0)
  if (parked === 0) return []
  const codes = codesOf(sending, followed)
  const unnamed = parked - [...codes.values()].reduce((sum, count) => sum + count, 0)
  return [
    formatCount(parked),
    ...countLines(codes),
    ...(unnamed > 0 ? [`${formatCount(unnamed)} for reasons that the dead letters name`] : []),
    `npm run ops -- dead-letters ${targetFlags}   shows why, and what to do`,
  ]
}

const verifyCommand = ({ file, requestOptions, targetFlags }: Typed) =>
  ['npm run ops -- verify', file, ...requestFlags(requestOptions), targetFlags].join(' ')

function deliveredLines({ tally, ended }: FollowResult, accepted: number, targetFlags: string): string[] {
  const delivered = formatCount(tally.delivered)
  if (ended === 'all') return [delivered]
  const open = formatCount(accepted - tally.delivered - tally.parked)
  if (ended === 'stopped' || ended === 'timeout')
    return [
      `${delivered}, and ${open} in progress: the bridge continues with them`,
      `npm run ops -- status ${targetFlags}   shows the queues`,
    ]
  if (ended === 'silent')
    return [
      `${delivered}, and ${open} unknown: the queues are empty, but the worker's log does not mention`,
      'these rows. They may have been recognised as a repetition or parked as a whole message, or a log',
      'line is missing. The command below asks Braze.',
    ]
  if (ended === 'unidentified')
    return [
      `unknown: the answers have neither a "requestId" nor the header apigw-requestid, so these rows cannot be`,
      "found in the worker's log. Look for a proxy that drops the header. The command below asks Braze.",
    ]
  return [`${delivered}, and ${open} unknown, because the worker's log cannot be read: ${ended.problem}`]
}

function endLines({ row, kind, reason }: NonNullable<SendProgress['ended']>, { key }: Typed): string[] {
  switch (kind) {
    case 'stopped':
      return labelled('Stopped', [
        `before row ${row}. To send the rest, repeat the command with --skip ${row}`,
      ])
    case 'refused':
      return labelled('Refused', [
        `at row ${row}, and nothing after it was sent: ${reason}`,
        `When you have corrected the cause, repeat the command${row > 0 ? ` with --skip ${row}` : ''}`,
      ])
    case 'unsure':
      return labelled('Unknown', [
        `whether the request from row ${row} on was accepted; nothing after it was sent: ${reason}`,
        ...(key === undefined
          ? [
              `To send the rest, repeat the command with --skip ${row}. The signatures of this connection cover no`,
              'key, so what the bridge has accepted of that request would be written again.',
            ]
          : [
              `Repeat the command with --skip ${row} --key ${key} within five minutes of the first try:`,
              'the bridge then recognises what it has accepted. Later, its events would be doubled.',
            ]),
      ])
  }
}
