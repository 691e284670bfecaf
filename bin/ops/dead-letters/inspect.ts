import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { ConnectionName } from '../../../functions/shared/connection.ts'
import { displayId, NO_ID } from '../../../functions/shared/display-id.ts'
import { MAX_RECEIVE_COUNT } from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { formatCount } from '../../cli/plural.ts'
import {
  type DeadLetter,
  MOVED_BY_SQS,
  parseDeadLetter,
  type ReceivedDeadLetter,
} from '../redrive/dead-letter.ts'
import { runsOf } from '../redrive/parts.ts'

/** The facts about a dead letter that are kept. They contain no personal data. */
export type DeadLetterFacts = {
  queue: QueueName
  messageId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  sentAt: number
  code: string
  /** What happened; absent if it could contain personal data. */
  reason?: string
  /** What the operator should do. */
  hint: string
  /** `-` if the dead letter has none. */
  connection: string
  /**
   * `-` if it names no run, `several` if it names more than one, `(other)` for an id that could be
   * personal data.
   */
  run: string
  /** `rows` if it holds rows as they were sent. */
  kind: 'records' | 'rows'
  /** Number of records or rows; 0 if the dead letter cannot be read. */
  records: number
}

export const SEVERAL = 'several'

/** The hint for a dead letter that has none itself. */
const MOVED_HINT = `SQS moved the message here after ${formatCount(MAX_RECEIVE_COUNT)} receives. The log of the worker says why it was returned.`
const FOREIGN_HINT =
  'It was not written by this version of the bridge. Look at one of them, and find out who wrote it.'

/** Reasons with these codes quote Braze's words. */
const QUOTING_CODES = ['REJECTED_BY_BRAZE', 'MAY_HAVE_ARRIVED']

/** A reason names columns, and the name of a column can be a value if a file has no header. */
const MAY_BE_PERSONAL = /@|\d{6}/

const reasonOf = ({ code, reason }: DeadLetter) =>
  reason === undefined || QUOTING_CODES.includes(code) || MAY_BE_PERSONAL.test(reason) ? {} : { reason }

export type InspectedDeadLetter = {
  facts: DeadLetterFacts
  deadLetter: DeadLetter
  runs: ReadonlySet<string | undefined>
}

export function inspectDeadLetter(
  received: ReceivedDeadLetter,
  settings: ReceiverSettings,
): InspectedDeadLetter {
  const deadLetter = parseDeadLetter(received)
  const { queue, messageId, sentAt, code, content } = deadLetter
  const runs = runsOf(deadLetter, settings)
  return {
    deadLetter,
    runs,
    facts: {
      queue,
      messageId,
      sentAt,
      code,
      ...reasonOf(deadLetter),
      hint:
        deadLetter.hint ?? (code === MOVED_BY_SQS && content.kind === 'message' ? MOVED_HINT : FOREIGN_HINT),
      connection: connectionOf(deadLetter),
      run: runIn(runs),
      kind: content.kind === 'rows' ? 'rows' : 'records',
      records: recordsIn(deadLetter),
    },
  }
}

/** Foreign messages may hold any text as the connection name. It is printed, so only valid names pass. */
const connectionOf = ({ connection, attributes }: DeadLetter) => {
  const name = connection ?? attributes.connection ?? NO_ID
  return ConnectionName.safeParse(name).success ? name : NO_ID
}

function runIn(runs: ReadonlySet<string | undefined>): string {
  if (runs.size > 1) return SEVERAL
  const [run] = runs
  return displayId(run)
}

function recordsIn({ content }: DeadLetter): number {
  if (content.kind === 'message') return content.message.records.length
  return content.kind === 'rows' ? content.envelope.rows.length : 0
}

/** Dead letters with the same cause, as far as it can be identified without personal data. */
export type CodeGroup = Omit<DeadLetterFacts, 'messageId' | 'sentAt' | 'records' | 'reason'> & {
  /** The different reasons, the most frequent first. */
  reasons: string[]
  deadLetters: number
  records: number
  /** Milliseconds since the epoch. */
  oldestSentAt: number
  /** The message id of the oldest dead letter in the group. */
  messageId: string
}

/** @returns the groups, the largest first. */
export function groupByCause(deadLetters: readonly DeadLetterFacts[]): CodeGroup[] {
  const groups = Map.groupBy(deadLetters, ({ code, hint, queue, kind, connection, run }) =>
    JSON.stringify([code, hint, queue, kind, connection, run]),
  )
  return [...groups.values()]
    .flatMap(groupOf)
    .sort((a, b) => b.records - a.records || b.deadLetters - a.deadLetters || a.oldestSentAt - b.oldestSentAt)
}

function groupOf(deadLetters: readonly DeadLetterFacts[]): CodeGroup[] {
  const [first] = deadLetters
  if (!first) return []
  const oldest = deadLetters.reduce((a, b) => (b.sentAt < a.sentAt ? b : a), first)
  const { code, hint, queue, kind, connection, run } = first
  return [
    {
      ...{ code, hint, queue, kind, connection, run },
      reasons: byFrequency(deadLetters.flatMap(({ reason }) => reason ?? [])),
      deadLetters: deadLetters.length,
      records: recordsOf(deadLetters),
      oldestSentAt: oldest.sentAt,
      messageId: oldest.messageId,
    },
  ]
}

const byFrequency = (reasons: readonly string[]) =>
  [...Map.groupBy(reasons, (reason) => reason)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([reason]) => reason)

export const recordsOf = (deadLetters: readonly DeadLetterFacts[]) =>
  deadLetters.reduce((sum, { records }) => sum + records, 0)
