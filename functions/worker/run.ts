import type { Credentials, NoCredentials, ReadCredentials } from '../shared/braze-secret.ts'
import type { Refusal } from '../shared/failure.ts'
import type { FinishedMessage } from '../shared/finished.ts'
import type { Count, Measure } from '../shared/gather-metrics.ts'
import type { Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import { openProgress, type Progress } from '../shared/progress.ts'
import type { SendBatch } from '../shared/queue.ts'
import type { QueueName } from '../shared/record.ts'
import type { Handed } from './handed.ts'
import type { Answer, HoldCause } from './judge.ts'
import { type Ledger, outcomeOf, record } from './ledger.ts'
import { noneParked, type ParkedRecords } from './parked.ts'
import type { Piece } from './piece.ts'

/** Everything the worker does to the world, handed in. None of it throws for what SQS, Braze or the network do. */
export type WorkerDeps = {
  credentials: ReadCredentials
  /** POST /users/track. */
  track: (credentials: Credentials, body: string) => Promise<Answer>
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
