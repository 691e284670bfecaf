import type { Settings } from '../../../functions/receiver/settings.ts'
import { shownRun } from '../../../functions/shared/dead-letter.ts'
import { MAX_RECEIVE_COUNT } from '../../../functions/shared/limits.ts'
import { NONE, OTHER } from '../../../functions/shared/progress.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { type HandedLetter, type Letter, MOVED_BY_SQS, openLetter } from '../redrive/letter.ts'
import type { Listing } from '../redrive/list.ts'
import { runsOf } from '../redrive/parts.ts'

/** What is remembered of a letter: nothing of a person. */
export type Seen = {
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
export type Look = {
  listing: Listing
  /** How many letters there were in all, meant or not. */
  total: number
  seen: readonly Seen[]
  /** So many letters stand there besides: behind those that were looked at, or with somebody else. */
  unseen: { visible: number; hiddenElsewhere: number }
}

export const SEVERAL = 'several'

/** What to do about a letter that tells none itself. */
const MOVED = `SQS moved the message here after ${MAX_RECEIVE_COUNT.toLocaleString('en')} receives. The log of the worker says what it was returned for.`
const FOREIGN = 'Look at one: it was not written by the bridge, or by another version of it.'

export type Opened = { seen: Seen; letter: Letter; runs: ReadonlySet<string | undefined> }

export function seenOf(handed: HandedLetter, settings: Settings): Opened {
  const letter = openLetter(handed)
  const { queue, messageId, sentAt, code, content } = letter
  const runs = runsOf(letter, settings)
  return {
    letter,
    runs,
    seen: {
      queue,
      messageId,
      sentAt,
      code,
      hint: letter.hint ?? (code === MOVED_BY_SQS && content.kind === 'message' ? MOVED : FOREIGN),
      connection: connectionOf(letter),
      run: runIn(runs),
      kind: content.kind === 'rows' ? 'rows' : queue,
      records: recordsIn(letter),
    },
  }
}

/** What others wrote may hold anything in the place of a name, and names are printed. */
const CONNECTION_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/

const connectionOf = ({ connection, attributes }: Letter) => {
  const name = connection ?? attributes.connection ?? NONE
  return CONNECTION_NAME.test(name) ? name : NONE
}

function runIn(runs: ReadonlySet<string | undefined>): string {
  if (runs.size > 1) return SEVERAL
  const [run] = runs
  return run === undefined ? NONE : (shownRun([run]) ?? OTHER)
}

function recordsIn({ content }: Letter): number {
  if (content.kind === 'message') return content.message.records.length
  return content.kind === 'rows' ? content.letter.rows.length : 0
}
