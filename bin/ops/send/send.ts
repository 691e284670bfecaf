import type { Connection } from '../../../functions/shared/connection.ts'
import { plural } from '../../cli/plural.ts'
import type { StartProgress } from '../../cli/progress.ts'
import type { Bridge } from '../bridge.ts'
import type { RequestLimits } from '../sent-file/cut.ts'
import { type RequestOptions, requestFlags } from '../sent-file/request-options.ts'
import { type DeliveryTally, type FollowResult, followToEnd, NO_TALLY, openFollower } from './follow.ts'
import type { PostDeps } from './post.ts'
import { type PreviewDeps, previewRequests } from './preview.ts'
import { type SendProgress, sendAll } from './send-all.ts'

export type SendOptions = {
  requestOptions: RequestOptions
  limits: RequestLimits
  /** Idempotency key: each request is sent with it and its number, so that a repetition is recognised. */
  key: string
  follow: boolean
  /** How long to follow the rows, in milliseconds. */
  timeoutMs: number
  /** The target and the file as they were typed, for suggesting the next command. */
  typed: { targetFlags: string; file: string }
}

export type SendDeps = PostDeps &
  PreviewDeps & {
    bridge: Bridge
    startProgress: StartProgress
    /** Receives the output lines. */
    out: (line: string) => void
    /** Receives error lines. */
    error: (line: string) => void
  }

/** The shortest time between two reads of the log while requests are sent. */
const POLL_EVERY_MS = 5_000

/**
 * Sends a file as ActionIQ would, in as many requests as necessary, and follows its rows until Braze has
 * them.
 * @param read reads the file from its beginning, at each call.
 * @returns whether every row was accepted and, as far as it was followed, delivered.
 */
export async function sendFile(
  read: () => AsyncIterable<Buffer>,
  connection: Connection,
  options: SendOptions,
  deps: SendDeps,
): Promise<boolean> {
  const { requestOptions, limits, key } = options
  const previews = await previewRequests(read, requestOptions, connection, limits, deps)
  if ('problem' in previews) {
    deps.error(previews.problem)
    return false
  }
  const total = previews.reduce((sum, { rows }) => sum + rows, 0)
  if (total === 0) {
    deps.error('There are no rows to send.')
    return false
  }
  deps.out(
    `Sends        ${plural(total, 'row')} in ${plural(previews.length, 'request')}, with the key ${key}`,
  )
  const progress = deps.startProgress(total, 'Rows')
  const follower = openFollower(deps)
  let polledAt = deps.now()
  let tally = NO_TALLY
  const show = ({ accepted, rejected }: SendProgress) =>
    progress.to(
      rejected + tally.delivered + tally.parked,
      `accepted ${accepted}, delivered ${tally.delivered}, parked ${rejected + tally.parked}`,
    )
  const sending = await sendAll(
    read,
    previews,
    connection,
    { limits, key },
    async ({ requestIds }, current) => {
      for (const id of requestIds) follower.requestIds.add(id)
      if (options.follow && deps.now() - polledAt >= POLL_EVERY_MS) {
        polledAt = deps.now()
        // A failed read is made up for by a later one, because each read overlaps the previous one by some
        // minutes.
        tally = await follower.poll().catch(() => tally)
      }
      show(current)
    },
    deps,
  )
  const followed = await follow()
  progress.end(`${sending.accepted} accepted, ${followed?.tally.delivered ?? 0} seen to be delivered.`)
  for (const line of printOutcome(sending, followed, options)) deps.out(line)
  return isComplete(sending, followed)

  async function follow(): Promise<FollowResult | undefined> {
    if (!options.follow || sending.captured || sending.accepted === 0) return undefined
    const until = deps.now() + options.timeoutMs
    const onTally = (next: DeliveryTally) => {
      tally = next
      show(sending)
    }
    return followToEnd(follower, sending.accepted, { until, onTally }, deps)
  }
}

const isComplete = ({ ended, rejected }: SendProgress, followed: FollowResult | undefined) =>
  ended === undefined &&
  rejected === 0 &&
  (followed === undefined || (followed.ended === 'all' && followed.tally.parked === 0))

/** Formats the outcome of the file's rows, and the next command. */
function printOutcome(
  sending: SendProgress,
  followed: FollowResult | undefined,
  options: SendOptions,
): string[] {
  const { accepted, rejected, rejectedByCode } = sending
  const { targetFlags } = options.typed
  const tally = followed?.tally
  const codes = new Map(rejectedByCode)
  for (const [code, count] of tally?.codes ?? []) codes.set(code, (codes.get(code) ?? 0) + count)
  const parked = rejected + (tally?.parked ?? 0)
  const known = [...codes.values()].reduce((sum, count) => sum + count, 0)
  return [
    ...(sending.ended ? printEnd(sending.ended, options) : []),
    `Accepted     ${plural(accepted, 'row')}`,
    ...(sending.captured ? [CAPTURED, `             npm run ops -- captures ${targetFlags}`] : []),
    ...(followed
      ? [`Delivered    ${followed.tally.delivered}${howItEnded(followed, accepted, targetFlags)}`]
      : []),
    ...(parked > 0 ? [`Parked       ${parked}`] : []),
    ...[...codes].map(([code, count]) => `             ${count} ${code}`),
    ...(parked > known ? [`             ${parked - known} for reasons that stand in the dead letters`] : []),
    ...(parked > 0
      ? [`             npm run ops -- dead-letters ${targetFlags}   shows why, and what to do`]
      : []),
    ...(!followed && accepted > 0 && !sending.captured
      ? [`Not followed: npm run ops -- status ${targetFlags} shows what is under way.`]
      : []),
    ...(accepted > 0 && !sending.captured ? [`Proof        ${verifyCommand(options)}`] : []),
  ]
}

const CAPTURED = 'Captured     this connection only captures: nothing is delivered'

const verifyCommand = ({ typed, requestOptions }: SendOptions) =>
  ['npm run ops -- verify', typed.file, ...requestFlags(requestOptions), typed.targetFlags].join(' ')

function howItEnded({ tally, ended }: FollowResult, accepted: number, where: string): string {
  const open = accepted - tally.delivered - tally.parked
  if (ended === 'all') return ''
  const rest = `, ${open} not yet`
  if (ended === 'stopped' || ended === 'timeout')
    return `${rest}: they are under way, and npm run ops -- status ${where} shows the queues`
  if (ended === 'silent')
    return `${rest} known: the queues are empty, and the worker's log does not mention them. They may have been recognised as a repetition or parked as a whole message, or a log line is missing; verify shows what Braze holds`
  return `${rest} known: the worker's log can't be read (${ended.problem})`
}

function printEnd({ row, kind, reason }: NonNullable<SendProgress['ended']>, { key }: SendOptions): string[] {
  switch (kind) {
    case 'stopped':
      return [`Stopped      before row ${row}. The rest: the same command with --skip ${row}`]
    case 'refused':
      return [
        `Refused      at row ${row}, and nothing after it was sent: ${reason}`,
        `             When the cause is mended: the same command with --skip ${row}`,
      ]
    case 'unsure':
      return [
        `Unsure       whether the request from row ${row} on was taken; nothing after it was sent: ${reason}`,
        `             The same command with --skip ${row} sends it again. Within five minutes of the first try and with`,
        `             --key ${key} what was taken is recognised; later, events of it would be doubled.`,
      ]
  }
}
