import type { Connection } from '../../../functions/shared/connection.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import type { ProgressReporter, StartProgress } from '../../cli/progress.ts'
import type { Bridge } from '../bridge.ts'
import type { RequestLimits } from '../sent-file/cut.ts'
import type { RequestOptions } from '../sent-file/request-options.ts'
import { type DeliveryTally, type FollowResult, followToEnd, NO_TALLY, openFollower } from './follow.ts'
import type { PostDeps } from './post.ts'
import { type PreviewDeps, previewRequests, type SendProgress, sendAll } from './requests.ts'

export type SendOptions = {
  requestOptions: RequestOptions
  limits: RequestLimits
  /**
   * Idempotency key: each request is sent with it and the number of its first row, so that a repetition is
   * recognised. It is undefined if the bridge ignores keys, because the signature does not cover one.
   */
  key: string | undefined
  follow: boolean
  /** How long to follow the rows, in milliseconds. */
  timeoutMs: number
}

export type SendDeps = PostDeps &
  PreviewDeps & {
    bridge: Bridge
    startProgress: StartProgress
    /** Asks, where that is necessary, before the first request is sent. */
    isConfirmed: (action: string) => Promise<boolean>
    /** Receives the output lines. */
    out: (line: string) => void
  }

export type SendReport = {
  /** Rows and requests of the whole file. */
  rows: number
  requests: number
  sending: SendProgress
  /** Absent if the rows were not followed. */
  followed: FollowResult | undefined
  /** Whether every row was accepted and, as far as it was followed, delivered. */
  complete: boolean
}

/** The shortest time between two reads of the log while requests are sent. */
const POLL_EVERY_MS = 5_000

/**
 * Sends a file as ActionIQ would, in as many requests as necessary, and follows its rows until Braze has
 * them.
 * @param read reads the file from its beginning, at each call.
 */
export async function sendFile(
  read: () => AsyncIterable<Buffer>,
  connection: Connection,
  options: SendOptions,
  deps: SendDeps,
): Promise<SendReport | { problem: string } | 'declined'> {
  const { requestOptions, limits, key } = options
  const previews = await previewRequests(read, requestOptions, connection, limits, deps)
  if ('problem' in previews) return previews
  const rows = previews.reduce((sum, preview) => sum + preview.rows, 0)
  if (rows === 0) return { problem: 'There are no rows to send.' }
  const size = `${plural(rows, 'row')} in ${plural(previews.length, 'request')}`
  if (!(await deps.isConfirmed(`send ${size} to`))) return 'declined'
  deps.out(`Sending      ${size}${key === undefined ? '' : `, with the key ${key}`}`)

  const progress = deps.startProgress(rows, 'Rows')
  const follower = openFollower(deps)
  let polledAt = deps.now()
  let tally = NO_TALLY
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
      showProgress(progress, current, tally, options.follow)
    },
    deps,
  )
  const followed = await follow()
  progress.end(endOfProgress(sending, followed))
  return { rows, requests: previews.length, sending, followed, complete: isComplete(sending, followed) }

  async function follow(): Promise<FollowResult | undefined> {
    if (!options.follow || sending.captured || sending.accepted === 0) return undefined
    const until = deps.now() + options.timeoutMs
    const onTally = (next: DeliveryTally) => showProgress(progress, sending, next, true)
    return followToEnd(follower, sending.accepted, { until, onTally }, deps)
  }
}

/** Rows that are not followed are done when they are accepted. */
function showProgress(
  progress: ProgressReporter,
  { rows, accepted, rejected, skipped, captured }: SendProgress,
  { delivered, parked }: DeliveryTally,
  isFollowed: boolean,
): void {
  const inBraze = `delivered ${formatCount(delivered)}, parked ${formatCount(rejected + parked)}, `
  if (isFollowed && !captured)
    progress.to(rejected + skipped + delivered + parked, `${inBraze}accepted ${formatCount(accepted)}`)
  else progress.to(rows, `accepted ${formatCount(accepted)}, rejected ${formatCount(rejected)}`)
}

function endOfProgress({ accepted, captured }: SendProgress, followed: FollowResult | undefined): string {
  if (captured) return `${formatCount(accepted)} captured.`
  const delivered = followed ? `, ${formatCount(followed.tally.delivered)} known to be delivered` : ''
  return `${formatCount(accepted)} accepted${delivered}.`
}

const isComplete = ({ ended, rejected }: SendProgress, followed: FollowResult | undefined) =>
  ended === undefined &&
  rejected === 0 &&
  (followed === undefined || (followed.ended === 'all' && followed.tally.parked === 0))
