import * as z from 'zod'
import { cachedColumnResolver } from '../../functions/receiver/columns.ts'
import { runOf } from '../../functions/receiver/read/records.ts'
import { resolveConnection } from '../../functions/shared/authenticate.ts'
import type { Connections } from '../../functions/shared/connection.ts'
import { NO_ID } from '../../functions/shared/display-id.ts'
import { type Json, parseJson } from '../../functions/shared/json.ts'
import { MAX_RECEIVE_COUNT } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { displayCode, MOVED_BY_SQS } from '../ops/redrive/dead-letter.ts'
import type { ListedMessage, LocalQueues } from './queues.ts'

/** What the window lists of a dead letter before it is opened. It holds no personal data. */
export type DeadLetterSummary = {
  queue: QueueName
  messageId: string
  /** When it entered the dead-letter queue, in milliseconds since the epoch. */
  at: number
  code: string
  reason: string
  hint: string
  connection: string
  /** Present only if everything in the dead letter names the same run. */
  run?: string
  /** The number of records or rows in it. */
  size: number
}

/** The dead letters with one code. Reason and hint are those of the newest one. */
export type DeadLetterGroup = Pick<DeadLetterSummary, 'code' | 'reason' | 'hint' | 'at' | 'size'> & {
  deadLetters: number
}

export type DeadLetterBrowser = {
  /**
   * The dead letters by code. With very many dead letters, the answer can be some seconds old. `unread`
   * counts the dead letters that have not been read yet.
   */
  overview: () => { groups: readonly DeadLetterGroup[]; unread: number }
  /** At most `most` dead letters with this code, newest first. */
  newest: (code: string, most: number) => DeadLetterSummary[]
  /** @returns the body of a dead letter as SQS holds it; undefined if it is no longer there. */
  body: (messageId: string) => string | undefined
}

/** Milliseconds for one scan. The local run is one process, so time spent reading here delays deliveries. */
const READ_BUDGET_MS = 50

/** After a scan of all dead letters, the next one waits for this multiple of the time that the scan took. */
const REST_FACTOR = 4

/** SQS moves a message unchanged, so the body contains no reason. */
const MOVED_BY_SQS_FAILURE = {
  code: MOVED_BY_SQS,
  reason: `SQS moved the message here after ${MAX_RECEIVE_COUNT.toLocaleString('en')} receives, about a week of trying.`,
  hint: 'See what the worker logged about it, correct the cause, and redrive it.',
}

const Row = z.object({ row: z.custom<Json>((value) => value !== undefined).catch(null) })
const Head = z.object({
  failure: z.object({ code: z.string(), reason: z.string(), hint: z.string() }).catch(MOVED_BY_SQS_FAILURE),
  connection: z.string().catch(NO_ID),
  inherited: z.object({ run: z.exactOptional(z.string()) }).catch({}),
  records: z.array(z.object({ run_id: z.string().optional() }).catch({})).catch([]),
  rows: z.array(Row).catch([]),
})

/** The defaults for a message that the bridge did not write. */
const FOREIGN = Head.parse({})

/**
 * Opens the dead-letter queues for browsing. Reading neither hides nor removes a dead letter.
 * @param connections define which column of a row holds its run.
 * @param now milliseconds of any clock.
 */
export function openDeadLetterBrowser(
  { list, profilesDlq, eventsDlq }: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>,
  connections: Connections,
  now: () => number,
): DeadLetterBrowser {
  // A dead letter never changes, so each is read only once.
  let known = new Map<string, DeadLetterSummary>()
  const each = (): [QueueName, ListedMessage][] => [
    ...list(profilesDlq).map((deadLetter): [QueueName, ListedMessage] => ['profiles', deadLetter]),
    ...list(eventsDlq).map((deadLetter): [QueueName, ListedMessage] => ['events', deadLetter]),
  ]
  const scan = () => {
    const until = now() + READ_BUDGET_MS
    const summaries: DeadLetterSummary[] = []
    let unread = 0
    for (const [queue, deadLetter] of each()) {
      const summary =
        known.get(deadLetter.messageId) ??
        (now() < until ? summaryOf(queue, deadLetter, connections) : undefined)
      if (summary) summaries.push(summary)
      else unread += 1
    }
    known = new Map(summaries.map((summary) => [summary.messageId, summary]))
    return { groups: groupsOf(summaries), unread }
  }
  let latest = { groups: groupsOf([]), unread: 0 }
  let nextScanAt = Number.NEGATIVE_INFINITY
  return {
    overview: () => {
      const startedAt = now()
      if (startedAt < nextScanAt) return latest
      latest = scan()
      nextScanAt = now() + REST_FACTOR * (now() - startedAt)
      return latest
    },
    newest: (code, most) =>
      [...known.values()]
        .filter((head) => head.code === code)
        .sort((a, b) => b.at - a.at)
        .slice(0, most),
    body: (messageId) => each().find(([, deadLetter]) => deadLetter.messageId === messageId)?.[1].body,
  }
}

function groupsOf(summaries: readonly DeadLetterSummary[]): DeadLetterGroup[] {
  const groups = new Map<string, DeadLetterGroup>()
  for (const { code, reason, hint, at, size } of summaries) {
    const before = groups.get(code) ?? { code, reason, hint, at, size: 0, deadLetters: 0 }
    const newest = at >= before.at ? { code, reason, hint, at } : before
    groups.set(code, { ...newest, size: before.size + size, deadLetters: before.deadLetters + 1 })
  }
  return [...groups.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
}

function summaryOf(
  queue: QueueName,
  { messageId, body, sentAt }: ListedMessage,
  connections: Connections,
): DeadLetterSummary {
  const { failure, connection, inherited, records, rows } = Head.safeParse(parseJson(body)).data ?? FOREIGN
  const columnOf = cachedColumnResolver(resolveConnection(connection, connections).connection)
  const [run, ...others] = new Set([
    ...records.map(({ run_id }) => run_id),
    ...rows.map(({ row }) => runOf(row, inherited, columnOf)),
  ])
  return {
    queue,
    messageId,
    at: sentAt,
    ...failure,
    code: displayCode(failure.code),
    connection,
    ...(run !== undefined && others.length === 0 && { run }),
    size: records.length + rows.length,
  }
}
