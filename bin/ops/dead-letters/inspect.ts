import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
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

/** What is remembered of a letter: nothing of a person. */
export type DeadLetterFacts = {
  queue: QueueName
  messageId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  sentAt: number
  code: string
  /** What to do. */
  hint: string
  /** `-` where the letter tells none. */
  connection: string
  /** `-` where it names none, `several` where it names more than one, `(other)` where it could be anything. */
  run: string
  /** `rows` stand in it as they were sent; else what it holds are records. */
  kind: QueueName | 'rows'
  /** How many records or rows it holds; 0 where it can't be read. */
  records: number
}

/** What a look at the dead-letter queues found. */
export type ScanResult = {
  listing: Listing
  /** How many letters there were in all, meant or not. */
  total: number
  deadLetters: readonly DeadLetterFacts[]
  /** So many letters stand there besides: behind those that were looked at, or with somebody else. */
  unseen: { visible: number; hiddenElsewhere: number }
}

export const SEVERAL = 'several'

/** What to do about a letter that tells none itself. */
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

/** What others wrote may hold anything in the place of a name, and names are printed. */
const CONNECTION_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/

const connectionOf = ({ connection, attributes }: DeadLetter) => {
  const name = connection ?? attributes.connection ?? NO_ID
  return CONNECTION_NAME.test(name) ? name : NO_ID
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
