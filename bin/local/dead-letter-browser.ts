import * as z from 'zod'
import { cachedColumnResolver } from '../../functions/receiver/columns.ts'
import { runOf } from '../../functions/receiver/read/records.ts'
import { resolveConnection } from '../../functions/shared/authenticate.ts'
import type { Connections } from '../../functions/shared/connection.ts'
import { type Json, parseJson } from '../../functions/shared/json.ts'
import { MAX_RECEIVE_COUNT } from '../../functions/shared/limits.ts'
import { NO_ID } from '../../functions/shared/progress.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { displayCode, MOVED_BY_SQS } from '../ops/redrive/dead-letter.ts'
import type { ListedMessage, LocalQueues } from './queues.ts'

/** What is seen of a dead letter before it is opened: nothing of a person. */
export type DeadLetterSummary = {
  queue: QueueName
  messageId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  at: number
  code: string
  reason: string
  hint: string
  connection: string
  /** The run that all it holds belong to, where it tells one. */
  run?: string
  /** Records or rows in it. */
  size: number
}

/** The letters of one code; what they say is told in the words of the newest. */
export type DeadLetterGroup = Pick<DeadLetterSummary, 'code' | 'reason' | 'hint' | 'at' | 'size'> & {
  letters: number
}

export type DeadLetterBrowser = {
  /** What stands there by code. With very many letters it may be some seconds old. */
  overview: () => { groups: readonly DeadLetterGroup[]; unread: number }
  /** The newest ones of a code, at most so many. */
  newest: (code: string, most: number) => DeadLetterSummary[]
  /** @returns a letter as it stands in its queue. */
  body: (messageId: string) => string | undefined
}

/** The local run is one process: what it reads here delays what it delivers. In milliseconds. */
const READ_BUDGET_MS = 50

/** Between two looks at all letters lies so many times what one has taken. */
const REST_FACTOR = 4

/** SQS moves a message here as it is, so it tells no reason. */
const MOVED_BY_SQS_FAILURE = {
  code: MOVED_BY_SQS,
  reason: `SQS gave the message up after ${MAX_RECEIVE_COUNT.toLocaleString('en')} receives, about a week of trying.`,
  hint: 'See what the worker logged of it, correct that, and put it back.',
}

const Row = z.object({ row: z.custom<Json>((value) => value !== undefined).catch(null) })
const Head = z.object({
  failure: z.object({ code: z.string(), reason: z.string(), hint: z.string() }).catch(MOVED_BY_SQS_FAILURE),
  connection: z.string().catch(NO_ID),
  inherited: z.object({ run: z.exactOptional(z.string()) }).catch({}),
  records: z.array(z.object({ run_id: z.string().optional() }).catch({})).catch([]),
  rows: z.array(Row).catch([]),
})
/** Not of the bridge. */
const FOREIGN = Head.parse({})

/**
 * The dead-letter queues as a person looks through them. Looking neither hides nor removes a letter.
 * @param connections tell by which column a row names its run.
 * @param now milliseconds, of any clock.
 */
export function openDeadLetterBrowser(
  { list, profilesDlq, eventsDlq }: Pick<LocalQueues, 'list' | 'profilesDlq' | 'eventsDlq'>,
  connections: Connections,
  now: () => number,
): DeadLetterBrowser {
  // A letter never changes, so each is read once.
  let known = new Map<string, DeadLetterSummary>()
  const each = (): [QueueName, ListedMessage][] => [
    ...list(profilesDlq).map((deadLetter): [QueueName, ListedMessage] => ['profiles', deadLetter]),
    ...list(eventsDlq).map((letter): [QueueName, ListedMessage] => ['events', letter]),
  ]
  const scan = () => {
    const until = now() + READ_BUDGET_MS
    const summaries: DeadLetterSummary[] = []
    let unread = 0
    for (const [queue, letter] of each()) {
      const summary =
        known.get(letter.messageId) ?? (now() < until ? summaryOf(queue, letter, connections) : undefined)
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
    const before = groups.get(code) ?? { code, reason, hint, at, size: 0, letters: 0 }
    const newest = at >= before.at ? { code, reason, hint, at } : before
    groups.set(code, { ...newest, size: before.size + size, letters: before.letters + 1 })
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
