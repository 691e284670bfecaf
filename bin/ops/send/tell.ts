import { plural } from '../../local/plural.ts'
import { sentTyped } from '../sent-file/sent.ts'
import type { Followed } from './follow.ts'
import type { SendOptions } from './send.ts'
import type { Sending } from './send-all.ts'

/** What became of a file's rows, and what to type next. */
export function tellOutcome(
  sending: Sending,
  followed: Followed | undefined,
  options: SendOptions,
): string[] {
  const { accepted, rejected, refused } = sending
  const { where } = options.typed
  const tally = followed?.tally
  const codes = new Map(refused)
  for (const [code, count] of tally?.codes ?? []) codes.set(code, (codes.get(code) ?? 0) + count)
  const parked = rejected + (tally?.parked ?? 0)
  const known = [...codes.values()].reduce((sum, count) => sum + count, 0)
  return [
    ...(sending.ended ? tellEnd(sending.ended, options) : []),
    `Accepted     ${plural(accepted, 'row')}`,
    ...(sending.captured ? [CAPTURED, `             npm run ops -- captures ${where}`] : []),
    ...(followed ? [`Delivered    ${followed.tally.delivered}${howItEnded(followed, accepted, where)}`] : []),
    ...(parked > 0 ? [`Parked       ${parked}`] : []),
    ...[...codes].map(([code, count]) => `             ${count} ${code}`),
    ...(parked > known ? [`             ${parked - known} for reasons that stand in the dead letters`] : []),
    ...(parked > 0 ? [`             npm run ops -- dead-letters ${where}   shows why, and what to do`] : []),
    ...(!followed && accepted > 0 && !sending.captured
      ? [`Not followed: npm run ops -- status ${where} shows what is under way.`]
      : []),
    ...(accepted > 0 && !sending.captured ? [`Proof        ${verifyCommand(options)}`] : []),
  ]
}

const CAPTURED = 'Captured     this connection only captures: nothing is delivered'

const verifyCommand = ({ typed, sent }: SendOptions) =>
  ['npm run ops -- verify', typed.file, ...sentTyped(sent), typed.where].join(' ')

function howItEnded({ tally, ended }: Followed, accepted: number, where: string): string {
  const open = accepted - tally.delivered - tally.parked
  if (ended === 'all') return ''
  const rest = `, ${open} not yet`
  if (ended === 'stopped' || ended === 'timeout')
    return `${rest}: they are under way, and npm run ops -- status ${where} shows the queues`
  if (ended === 'silent')
    return `${rest} known: the queues are empty, and the worker's log does not tell of them. They may have been recognised as a repetition, or be parked as a whole message, or a line be missing; verify shows what Braze holds`
  return `${rest} known: the worker's log can't be read (${ended.problem})`
}

function tellEnd({ row, kind, words }: NonNullable<Sending['ended']>, { key }: SendOptions): string[] {
  switch (kind) {
    case 'stopped':
      return [`Stopped      before row ${row}. The rest: the same command with --skip ${row}`]
    case 'refused':
      return [
        `Refused      at row ${row}, and nothing after it was sent: ${words}`,
        `             When the cause is mended: the same command with --skip ${row}`,
      ]
    case 'unsure':
      return [
        `Unsure       whether the request from row ${row} on was taken; nothing after it was sent: ${words}`,
        `             The same command with --skip ${row} sends it again. Within five minutes of the first try and with`,
        `             --key ${key} what was taken is recognised; later, events of it would be doubled.`,
      ]
  }
}
