import type { BrazeAnswer } from '../shared/braze.edge.ts'
import type { Refusal } from '../shared/dead-letter.ts'
import type { Count, Measure } from '../shared/emit-metrics.ts'
import type { FinishedMessage, Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import { openProgress, type Progress } from '../shared/progress.ts'
import type { SendBatch } from '../shared/queue.edge.ts'
import type { QueueName } from '../shared/record.ts'
import type { Credentials, NoCredentials, ReadCredentials } from '../shared/secrets.ts'
import { type Ledger, outcomeOf, record } from './ledger.ts'
import type { Opened } from './map/open.ts'
import type { Piece } from './send/batch.ts'
import type { HoldCause } from './send/judge.ts'

/** Everything the worker does to the world, handed in. None of it throws for what SQS, Braze or the network do. */
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
  /** Sends letters to a dead-letter queue. */
  sendBatch: SendBatch
  /** Deletes messages that are done, before Lambda would. */
  remove: (messages: readonly Handed[]) => Promise<void>
  /**
   * Hides messages for so many seconds from now.
   * @returns those that SQS did not hide: the receive is over, or SQS is in trouble.
   */
  hide: (messages: readonly Handed[], seconds: number) => Promise<readonly Handed[]>
  markers: Markers
  ledger: Ledger
  settings: WorkerSettings
  log: Log
  count: Count
  measure: Measure
  namePeople: NamePeople
}

export type WorkerSettings = {
  deadLetterUrls: { readonly [queue in Handed['queue']]: string }
}

/** A mark that stays when the worker dies, kept beside the execution environment. */
export type Markers = {
  /** Marks the message, and tells how often it stood marked before. */
  set: (messageId: string) => Promise<number>
  clear: (messageId: string) => Promise<void>
}

/** Why nothing more is sent in this invocation. */
export type Halt =
  | { kind: 'wait'; waitMs: number | undefined }
  | { kind: 'hold'; cause: HoldCause | NoCredentials['missing'] }
  | { kind: 'outage'; waitMs: number | undefined }
  | { kind: 'out of time' }

/** One invocation under way. */
export type Run = {
  readonly deps: WorkerDeps
  /** No request starts after this, in milliseconds since the epoch. */
  readonly deadline: number
  /** The queue that they came from, all of them. */
  readonly kind: QueueName
  /** The messages of this invocation, by id. */
  readonly handed: ReadonlyMap<string, Handed>
  /** Set once; from then on everything unsent goes back. */
  halt?: Halt
  credentials?: Credentials
  /** The key was read anew after a 401: once is enough. */
  keyReadAgain: boolean
  /** Lanes that met trouble, and the wait they were told, in milliseconds, if any. */
  readonly troubled: Map<string, number | undefined>
  /** How long each lane's messages that go back are hidden, in milliseconds: one time for all of them. */
  readonly waits: Map<string, number>
  /** Messages that are done, by id. */
  readonly finished: Set<string>
  /** Of those that were opened, what became of their records. */
  readonly ended: FinishedMessage[]
  /** Of how many requests Braze took something. */
  taken: number
  /** What `taken` was when Braze first failed on a request with this object. */
  readonly suspectedAt: Map<Piece, number>
  requests: number
  objects: number
  /** Records of finished messages. */
  readonly progress: Progress
  /** When Braze took something of a message for the last time, in milliseconds since the epoch, by message id. */
  readonly deliveredAt: Map<string, number>
  readonly parked: ParkedRecords
}

export function startRun(messages: readonly Handed[], deps: WorkerDeps, deadline: number): Run {
  return {
    deps,
    deadline,
    kind: messages.some(({ queue }) => queue === 'events') ? 'events' : 'profiles',
    handed: new Map(messages.map((message) => [message.messageId, message])),
    keyReadAgain: false,
    troubled: new Map(),
    waits: new Map(),
    finished: new Set(),
    ended: [],
    taken: 0,
    suspectedAt: new Map(),
    requests: 0,
    objects: 0,
    progress: openProgress(),
    deliveredAt: new Map(),
    parked: noneParked(),
  }
}

/** The lane goes back: what it was told to wait is kept, the longest of all, in milliseconds. */
export function troubleLane({ troubled }: Pick<Run, 'troubled'>, lane: string, waitMs?: number): void {
  const told = Math.max(waitMs ?? 0, troubled.get(lane) ?? 0)
  troubled.set(lane, told > 0 ? told : undefined)
}

export function refuse(run: Run, piece: Piece, refusal: Refusal): void {
  for (const source of piece.sources) record(run.deps.ledger, source, refusal)
}

/** Of each record it was made of, it is known what became of it. */
export const hasOutcome = (run: Run, { sources }: Pick<Piece, 'sources'>) =>
  sources.every((source) => outcomeOf(run.deps.ledger, source))

/** The messages of which a piece holds records. */
export const messagesOf = (run: Run, { sources }: Piece) =>
  sources.flatMap(({ messageId }) => run.handed.get(messageId) ?? [])

export function markDelivered(run: Run, pieces: readonly Piece[]): void {
  const now = run.deps.now()
  for (const { sources } of pieces)
    for (const source of sources) {
      record(run.deps.ledger, source, 'delivered')
      run.deliveredAt.set(source.messageId, now)
    }
}

/** One SQS message as handed to this invocation, before its body is read. */
export type Handed = {
  messageId: string
  receiptHandle: string
  queue: QueueName
  /** The message group id. */
  lane: string
  /** ApproximateReceiveCount: 1 when it is handed out for the first time. */
  receives: number
  /** When SQS handed it out for the first time, in milliseconds since the epoch. */
  firstReceivedAt: number
  body: string
}

/** A record that was parked, or a message of which nobody knows the records. */
export type ParkedRecord =
  | { code: string; message: Handed }
  | { code: string; message: Opened; index: number }

/** What an invocation parked, for the log and the metrics. */
export type ParkedRecords = {
  byCode: Map<string, number>
  /** The same of each message, by its id. */
  byMessage: Map<string, Map<string, number>>
  first: ParkedRecord[]
}

/** One bad column parks thousands for the same reason: the first tell it, the letters tell all. */
const MAX_TOLD = 20

export const noneParked = (): ParkedRecords => ({ byCode: new Map(), byMessage: new Map(), first: [] })

export function noteParked({ byCode, byMessage, first }: ParkedRecords, parked: ParkedRecord): void {
  const { code, message } = parked
  const ofMessage = byMessage.get(message.messageId) ?? new Map<string, number>()
  byMessage.set(message.messageId, ofMessage)
  for (const counts of [byCode, ofMessage]) counts.set(code, (counts.get(code) ?? 0) + 1)
  if (first.length < MAX_TOLD) first.push(parked)
}
