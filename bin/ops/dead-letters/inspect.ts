import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { ConnectionName } from '../../../functions/shared/connection.ts'
import { displayRun } from '../../../functions/shared/dead-letter.ts'
import { MAX_RECEIVE_COUNT } from '../../../functions/shared/limits.ts'
import { NO_ID, OTHER_IDS } from '../../../functions/shared/progress.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import {
  type DeadLetter,
  MOVED_BY_SQS,
  parseDeadLetter,
  type ReceivedDeadLetter,
} from '../redrive/dead-letter.ts'
import type { Listing } from '../redrive/list.ts'
import { runsOf } from '../redrive/parts.ts'

/** The facts about a dead letter that are kept. They contain no personal data. */
export type DeadLetterFacts = {
  queue: QueueName
  messageId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  sentAt: number
  code: string
  /** What the operator should do. */
  hint: string
  /** `-` if the dead letter has none. */
  connection: string
  /**
   * `-` if it names no run, `several` if it names more than one, `(other)` for a text that is not safe to
   * display.
   */
  run: string
  /** `rows` if it holds rows as they were sent; otherwise it holds records of this queue. */
  kind: QueueName | 'rows'
  /** Number of records or rows; 0 if the dead letter cannot be read. */
  records: number
}

/** The result of a scan of the dead-letter queues. */
export type ScanResult = {
  listing: Listing
  /** How many dead letters were received in all, whether they match the filter or not. */
  total: number
  deadLetters: readonly DeadLetterFacts[]
  /**
   * How many dead letters the scan did not see: more than it could receive, or hidden by another consumer.
   */
  unseen: { visible: number; hiddenElsewhere: number }
}

export const SEVERAL = 'several'

/** The hint for a dead letter that has none itself. */
const MOVED_HINT = `SQS moved the message here after ${MAX_RECEIVE_COUNT.toLocaleString('en')} receives. The log of the worker says what it was returned for.`
const FOREIGN_HINT = 'Look at one: it was not written by the bridge, or by another version of it.'

export type InspectedDeadLetter = {
  seen: DeadLetterFacts
  deadLetter: DeadLetter
  runs: ReadonlySet<string | undefined>
}

export function inspectDeadLetter(
  received: ReceivedDeadLetter,
  settings: ReceiverSettings,
): InspectedDeadLetter {
  const letter = parseDeadLetter(received)
  const { queue, messageId, sentAt, code, content } = letter
  const runs = runsOf(letter, settings)
  return {
    deadLetter: letter,
    runs,
    seen: {
      queue,
      messageId,
      sentAt,
      code,
      hint: letter.hint ?? (code === MOVED_BY_SQS && content.kind === 'message' ? MOVED_HINT : FOREIGN_HINT),
      connection: connectionOf(letter),
      run: runIn(runs),
      kind: content.kind === 'rows' ? 'rows' : queue,
      records: recordsIn(letter),
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
  return run === undefined ? NO_ID : (displayRun([run]) ?? OTHER_IDS)
}

function recordsIn({ content }: DeadLetter): number {
  if (content.kind === 'message') return content.message.records.length
  return content.kind === 'rows' ? content.envelope.rows.length : 0
}
