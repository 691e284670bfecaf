import type { Connection } from '../../../functions/shared/connection.ts'
import { plural } from '../../local/plural.ts'
import type { Bridge } from '../bridge.ts'
import type { StartProgress } from '../progress.ts'
import type { RequestLimits } from '../sent-file/cut.ts'
import { type Sent, sentTyped } from '../sent-file/sent.ts'
import { type Followed, followToEnd, NOTHING, openFollower, type Tally } from './follow.ts'
import { type LookAheadDeps, lookAhead } from './look-ahead.ts'
import type { PostDeps } from './post.ts'
import { type Sending, sendAll } from './send-all.ts'

export type SendOptions = {
  sent: Sent
  limits: RequestLimits
  /** Marks the requests, with their number after it, so that a repetition of one is recognised. */
  key: string
  follow: boolean
  /** How long the rows are followed, in milliseconds. */
  timeoutMs: number
  /** What was typed to say where and what, for the next command. */
  typed: { where: string; file: string }
}

export type SendDeps = PostDeps &
  LookAheadDeps & {
    bridge: Bridge
    startProgress: StartProgress
    /** Gets the lines for the person at the keyboard. */
    out: (line: string) => void
    /** Gets what went wrong. */
    complain: (line: string) => void
  }

/** While requests are sent: the log is looked at no more often. */
const LOOK_EVERY_MS = 5_000

/**
 * Sends a file as ActionIQ would, in as many requests as it takes, and follows its rows until Braze has them.
 * @param read the file from its beginning, each time.
 * @returns whether every row was accepted, and delivered as far as it was followed.
 */
export async function send(
  read: () => AsyncIterable<Buffer>,
  connection: Connection,
  options: SendOptions,
  deps: SendDeps,
): Promise<boolean> {
  const { sent, limits, key } = options
  const ahead = await lookAhead(read, sent, connection, limits, deps)
  if ('problem' in ahead) {
    deps.complain(ahead.problem)
    return false
  }
  const total = ahead.reduce((sum, { rows }) => sum + rows, 0)
  if (total === 0) {
    deps.complain('There are no rows to send.')
    return false
  }
  deps.out(`Sends        ${plural(total, 'row')} in ${plural(ahead.length, 'request')}, with the key ${key}`)
  const progress = deps.startProgress(total, 'Rows')
  const follower = openFollower(deps)
  let lookedAt = deps.now()
  let tally = NOTHING
  const show = ({ accepted, rejected }: Sending) =>
    progress.to(
      rejected + tally.delivered + tally.parked,
      `accepted ${accepted}, delivered ${tally.delivered}, parked ${rejected + tally.parked}`,
    )
  const sending = await sendAll(
    read,
    ahead,
    connection,
    { limits, key },
    async ({ requestIds }, sofar) => {
      for (const id of requestIds) follower.requestIds.add(id)
      if (options.follow && deps.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = deps.now()
        // What can't be read now is read later: a look goes back some minutes.
        tally = await follower.look().catch(() => tally)
      }
      show(sofar)
    },
    deps,
  )
  const followed = await follow()
  progress.end(`${sending.accepted} accepted, ${followed?.tally.delivered ?? 0} seen to be delivered.`)
  for (const line of tellOutcome(sending, followed, options)) deps.out(line)
  return isComplete(sending, followed)

  async function follow(): Promise<Followed | undefined> {
    if (!options.follow || sending.captured || sending.accepted === 0) return undefined
    const until = deps.now() + options.timeoutMs
    const onTally = (next: Tally) => {
      tally = next
      show(sending)
    }
    return followToEnd(follower, sending.accepted, { until, onTally }, deps)
  }
}

const isComplete = ({ ended, rejected }: Sending, followed: Followed | undefined) =>
  ended === undefined &&
  rejected === 0 &&
  (followed === undefined || (followed.ended === 'all' && followed.tally.parked === 0))

/** What became of a file's rows, and what to type next. */
function tellOutcome(sending: Sending, followed: Followed | undefined, options: SendOptions): string[] {
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
