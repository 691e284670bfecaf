import type { Connection } from '../../../functions/shared/connection.ts'
import { plural } from '../../local/plural.ts'
import type { Bridge } from '../bridge.ts'
import type { StartProgress } from '../progress.ts'
import type { RequestLimits } from '../sent-file/cut.ts'
import type { Sent } from '../sent-file/sent.ts'
import { type Followed, followToEnd, NOTHING, openFollower, type Tally } from './follow.ts'
import { type LookAheadDeps, lookAhead } from './look-ahead.ts'
import type { PostDeps } from './post.ts'
import { type Sending, sendAll } from './send-all.ts'
import { tellOutcome } from './tell.ts'

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
