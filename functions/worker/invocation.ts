import type { BrazeAnswer } from '../shared/braze.edge.ts'
import type { Count, Measure } from '../shared/emit-metrics.ts'
import { HIDE_UNTIL_MS, PARK_UNTIL_MS, VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS } from '../shared/limits.ts'
import type { Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import type { SendBatch } from '../shared/queue.edge.ts'
import type { QueueName } from '../shared/record.ts'
import type { Credentials, NoCredentials, ReadCredentials } from '../shared/secrets.ts'
import type { Ledger } from './ledger.ts'
import type { RecentUsers } from './recent-users.ts'
import type { HoldCause } from './send/judge.ts'

/** One SQS message as this invocation received it, before its body is read. */
export type ReceivedMessage = {
  messageId: string
  receiptHandle: string
  queue: QueueName
  /** The message group id. */
  lane: string
  /** ApproximateReceiveCount: 1 when it is received for the first time. */
  receives: number
  /** When SQS handed it out for the first time, in milliseconds since the epoch. */
  firstReceivedAt: number
  /** When SQS accepted it, in milliseconds since the epoch. */
  sentAt: number
  body: string
}

export type HideEntry = { message: ReceivedMessage; seconds: number }

/**
 * Everything through which the worker acts on the world. None of these functions throws because of a failure
 * of SQS, Braze or the network.
 */
export type WorkerDeps = {
  credentials: ReadCredentials
  /** POST /users/track. */
  track: (credentials: Credentials, body: string) => Promise<BrazeAnswer>
  /** Resolves when the next request of this queue may start. */
  pace: () => Promise<void>
  /** Sleeps, in milliseconds. */
  pause: (ms: number) => Promise<void>
  /** Milliseconds since the epoch. */
  now: () => number
  /** From 0 up to 1. */
  random: () => number
  /** Sends dead letters to their queue. */
  sendBatch: SendBatch
  /**
   * Receives messages that are visible now, 1 to 10.
   * @returns none if SQS fails.
   */
  receive: (queue: QueueName, atMost: number) => Promise<readonly ReceivedMessage[]>
  /**
   * Deletes messages that are done.
   * @returns those that SQS did not delete.
   */
  remove: (messages: readonly ReceivedMessage[]) => Promise<readonly ReceivedMessage[]>
  /**
   * Hides messages, each for its own number of seconds from now.
   * @returns those that SQS did not hide: their receive is over, or SQS fails.
   */
  hide: (entries: readonly HideEntry[]) => Promise<readonly ReceivedMessage[]>
  markers: Markers
  ledger: Ledger
  recentUsers: RecentUsers
  settings: WorkerSettings
  log: Log
  count: Count
  measure: Measure
  namePeople: NamePeople
}

export type WorkerSettings = {
  deadLetterUrls: { readonly [queue in QueueName]: string }
  /**
   * How long the profiles queue delays its messages, which is also the least time between two requests for
   * one user, in milliseconds. With 0, nothing waits.
   */
  profilesDelayMs: number
  /** How many objects a request to Braze may hold. */
  objectsPerRequest: number
  /** How many messages Lambda hands to an invocation at most. */
  batchSizes: { readonly [queue in QueueName]: number }
}

/**
 * Marks that survive a crash of the worker. They are kept in the execution environment, which outlives the
 * process.
 */
export type Markers = {
  /**
   * Marks the message.
   * @returns how often it was marked before.
   */
  set: (messageId: string) => Promise<number>
  clear: (messageId: string) => Promise<void>
}

/** What one invocation starts from. It never changes. */
export type Invocation = {
  readonly deps: WorkerDeps
  /** No request to Braze starts after this, in milliseconds since the epoch. */
  readonly deadline: number
  /** No dead letter is sent after this, in milliseconds since the epoch. */
  readonly parkUntil: number
  /** No message is hidden after this, in milliseconds since the epoch. */
  readonly hideUntil: number
  /** Whether SQS has accepted no dead letter for so long that this invocation sends no more. */
  readonly isParkingDown: () => boolean
  /** The queue that all of its messages came from. */
  readonly kind: QueueName
  /** Its messages, by id. */
  readonly received: ReadonlyMap<string, ReceivedMessage>
  /** The ids of those that came from Lambda. The worker received the others itself. */
  readonly ofBatch: ReadonlySet<string>
  /** The ids of the messages that it has deleted so far. */
  readonly deleted: ReadonlySet<string>
}

/**
 * @param batch the messages that Lambda handed out.
 * @param added those that the worker received in addition.
 */
export function startInvocation(
  batch: readonly ReceivedMessage[],
  added: readonly ReceivedMessage[],
  deps: WorkerDeps,
  deadline: number,
): Invocation {
  const { remove, deleted } = rememberingDeletions(deps)
  return {
    ...withBreaker({ ...deps, remove }),
    deadline,
    parkUntil: deadline + PARK_UNTIL_MS,
    hideUntil: deadline + HIDE_UNTIL_MS,
    kind: batch.some(({ queue }) => queue === 'events') ? 'events' : 'profiles',
    received: new Map([...batch, ...added].map((message) => [message.messageId, message])),
    ofBatch: new Set(batch.map(({ messageId }) => messageId)),
    deleted,
  }
}

function rememberingDeletions(deps: WorkerDeps): Pick<WorkerDeps, 'remove'> & Pick<Invocation, 'deleted'> {
  const deleted = new Set<string>()
  return {
    deleted,
    remove: async (messages) => {
      const left = await deps.remove(messages)
      for (const message of messages) if (!left.includes(message)) deleted.add(message.messageId)
      return left
    },
  }
}

/** From the third receive on, treat a message as a possible cause of a crash and handle it alone. */
const RECEIVES_BEFORE_ALONE = 3

export const isDangerous = ({ receives }: ReceivedMessage) => receives >= RECEIVES_BEFORE_ALONE

/**
 * In milliseconds. If SQS has accepted no dead letter for this long, the invocation sends no more. Otherwise each
 * of its turns would wait for a dead-letter queue that cannot be written.
 */
export const BREAKER_MS = 5_000

function withBreaker(deps: WorkerDeps): Pick<Invocation, 'deps' | 'isParkingDown'> {
  let failingSince: number | undefined
  const sendBatch: SendBatch = async (batch) => {
    const startedAt = deps.now()
    const rejected = await deps.sendBatch(batch)
    failingSince = rejected.length < batch.length ? undefined : (failingSince ?? startedAt)
    return rejected
  }
  return {
    deps: { ...deps, sendBatch },
    isParkingDown: () => failingSince !== undefined && deps.now() - failingSince >= BREAKER_MS,
  }
}

/** Why nothing more is sent in this invocation. Everything unsent goes back to its queue. */
export type Halt =
  | { kind: 'wait'; waitMs: number | undefined }
  | { kind: 'hold'; cause: HoldCause | NoCredentials['missing']; status?: number }
  | { kind: 'outage'; waitMs: number | undefined }
  | { kind: 'out of time' }

/** Groups messages by lane, in the order in which SQS handed them out. */
export function byLane<T extends { lane: string }>(messages: readonly T[]): Map<string, [T, ...T[]]> {
  const lanes = new Map<string, [T, ...T[]]>()
  for (const message of messages) {
    const lane = lanes.get(message.lane)
    if (lane) lane.push(message)
    else lanes.set(message.lane, [message])
  }
  return lanes
}

/**
 * In milliseconds. A message that SQS handed out no longer ago than this stays hidden to the end of an
 * invocation that begins now.
 */
const IN_TIME_MS = (VISIBILITY_SECONDS - WORKER_TIMEOUT_SECONDS) * 1_000

/**
 * Returns the messages that stay hidden from everybody else while this invocation works on them. Lambda may
 * keep a batch for minutes before it invokes, for example when it is throttled. If SQS handed a message to
 * another invocation in the meantime, the changes of its users would be sent twice and in parallel. A message
 * that was received before does not say when it was received this time, so it is hidden again; SQS rejects
 * that if it is too late.
 * @returns in each lane, the messages up to the first that is no longer hidden. The others come back by
 * themselves.
 */
export async function withLiveReceipt(
  deps: WorkerDeps,
  messages: readonly ReceivedMessage[],
): Promise<ReceivedMessage[]> {
  const isSure = ({ receives, firstReceivedAt }: ReceivedMessage) =>
    receives === 1 && deps.now() - firstReceivedAt <= IN_TIME_MS
  const unsure = messages.filter((message) => !isSure(message))
  if (unsure.length === 0) return [...messages]
  const late = new Set(await deps.hide(unsure.map((message) => ({ message, seconds: VISIBILITY_SECONDS }))))
  if (late.size > 0) deps.log.warn('messages came too late to be handled', { messages: late.size })
  return [...byLane(messages).values()].flatMap((lane) => {
    const firstLate = lane.findIndex((message) => late.has(message))
    return firstLate === -1 ? lane : lane.slice(0, firstLate)
  })
}
