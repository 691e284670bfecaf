import * as z from 'zod'
import type { Capture } from '../../../functions/shared/capture.ts'
import { type Connection, Connections, DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { CAPTURES_RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { FAILED, OK, WARNED } from '../../cli/io.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { type CaptureView, captureForJson, isUsable, readCapture } from '../explain/capture.ts'
import { warningsOf } from '../explain/check-these/check-these.ts'
import { formatCapture } from '../explain/format-capture.ts'
import { RELEASED_SECONDS } from '../redrive/list.ts'

export type ReceivedCapture = {
  messageId: string
  /** Receipt handle, used to release the capture. */
  handle: string
  /** Milliseconds since the epoch. */
  sentAt: number
  body: string
}

export type CapturesOptions = {
  connection: string | undefined
  /** How many requests are shown. */
  last: number
}

export type CapturesDeps = {
  /** Receives captures and hides them for `seconds`. @returns an empty list if none is visible. */
  receive: (seconds: number) => Promise<readonly ReceivedCapture[]>
  /** Hides captures for `seconds` from now. */
  hide: (captures: readonly Pick<ReceivedCapture, 'handle'>[], seconds: number) => Promise<readonly unknown[]>
  /** How many captures are hidden now, including those of this run. SQS gives an approximate number. */
  countHidden: () => Promise<number>
  now: () => number
  stop: AbortSignal
}

export type ListedCaptures = {
  /** The newest first. */
  newest: readonly ReceivedCapture[]
  /** How many were found. */
  found: number
  /** False if the time did not suffice to receive all. */
  complete: boolean
  /** How many somebody else looks at right now. */
  hidden: number
}

/**
 * Seconds for which captures stay hidden from other consumers. After a kill they become visible again by
 * themselves.
 */
const LISTED_SECONDS = 120

/** The listing ends before the first capture can be received again. */
const WITHIN_MS = (LISTED_SECONDS / 2) * 1_000

/** Receives in flight at once. Most of a receive is waiting for the network. */
const RECEIVERS = 4

/**
 * Lists the newest captures without removing any.
 * @throws if SQS cannot be reached.
 */
export async function listCaptures(options: CapturesOptions, deps: CapturesDeps): Promise<ListedCaptures> {
  const received = new Map<string, Pick<ReceivedCapture, 'handle'>>()
  try {
    const listed = await receiveAll(options, deps, received)
    return { ...listed, hidden: Math.max(0, (await deps.countHidden()) - received.size) }
  } finally {
    await deps.hide([...received.values()], RELEASED_SECONDS)
  }
}

/**
 * Receives every visible capture and keeps the newest.
 * @param held receives every capture, even if a later receive fails.
 */
async function receiveAll(
  { connection, last }: CapturesOptions,
  { receive, now, stop }: Pick<CapturesDeps, 'receive' | 'now' | 'stop'>,
  held: Map<string, Pick<ReceivedCapture, 'handle'>>,
): Promise<Omit<ListedCaptures, 'hidden'>> {
  const until = now() + WITHIN_MS
  let newest: ReceivedCapture[] = []
  let found = 0
  const drain = async (): Promise<boolean> => {
    while (!stop.aborted && now() < until) {
      const received = await receive(LISTED_SECONDS)
      if (received.length === 0) return true
      // A standard queue may deliver a message twice.
      const fresh = received.filter(({ messageId }) => !held.has(messageId))
      for (const { messageId, handle } of received) held.set(messageId, { handle })
      const wanted = fresh.filter(({ body }) => connection === undefined || connectionOf(body) === connection)
      found += wanted.length
      newest = [...newest, ...wanted].sort((a, b) => b.sentAt - a.sentAt).slice(0, last)
    }
    return false
  }
  const ended = await Promise.allSettled(Array.from({ length: RECEIVERS }, drain))
  for (const drained of ended) if (drained.status === 'rejected') throw drained.reason
  return {
    newest,
    found,
    complete: ended.every((drained) => drained.status === 'fulfilled' && drained.value),
  }
}

const Head = z.object({ connection: z.string() })

const connectionOf = (body: string) => Head.safeParse(parseJson(body)).data?.connection

/** `connections` are those of the bridge: each capture is checked with the settings of its connection. */
export type CapturesView = CaptureView & { connections: Connections }

/** Reads a capture and finds the mistakes that are likely in it. */
function readChecked(body: string, connections: Connections) {
  const capture = readCapture(body)
  return capture && { capture, warnings: warningsOf(capture, connectionBy(capture, connections)) }
}

/** The connection may have been removed since. */
const connectionBy = ({ connection: name }: Capture, connections: Connections): Connection =>
  (Object.hasOwn(connections, name) ? connections[name] : undefined) ??
  Connections.parse({})[DEFAULT_CONNECTION]

/** @returns the exit code with `--strict`, of all captures that are shown. */
export function strictExitCode(
  { newest }: Pick<ListedCaptures, 'newest'>,
  { connections, objectsPerRequest }: CapturesView,
): number {
  const checked = newest.flatMap(({ body }) => readChecked(body, connections) ?? [])
  if (!checked.every(({ capture }) => isUsable(capture, objectsPerRequest))) return FAILED
  return checked.some(({ warnings }) => warnings.length > 0) ? WARNED : OK
}

export function formatCaptures(
  { newest, found, complete, hidden }: ListedCaptures,
  { connection, ...view }: { connection: string | undefined } & CapturesView,
): string[] {
  const ofConnection = connection === undefined ? '' : ` of ${connection}`
  return [
    found === 0
      ? `No request${ofConnection} was captured in the last ${CAPTURES_RETENTION_DAYS} days. "mode": "capture" in cdk.json makes a connection capture its requests.`
      : `Captured: ${plural(found, 'request')}${ofConnection}, ${formatCount(newest.length)} shown`,
    ...newest.flatMap(({ body }) => {
      const read = readChecked(body, view.connections)
      return ['', ...(read ? formatCapture(read.capture, read.warnings, view) : [OF_OTHER_VERSION])]
    }),
    ...(complete ? [] : ['', 'There was no time to read all captures: these may not be the newest.']),
    ...(hidden > 0
      ? [
          '',
          `About ${formatCount(hidden)} more cannot be read now, because somebody else reads them. Try again in ${LISTED_SECONDS} seconds.`,
        ]
      : []),
  ]
}

const OF_OTHER_VERSION =
  'A request that another version of the bridge captured: run the command of that version to see it.'

export const capturesForJson = ({ newest, found, complete, hidden }: ListedCaptures, view: CapturesView) => ({
  requests: found,
  complete,
  ...(hidden > 0 && { hidden }),
  captures: newest.map(({ messageId, sentAt, body }) => {
    const message = { messageId, sentAt: new Date(sentAt).toISOString() }
    const read = readChecked(body, view.connections)
    if (!read) return { ...message, reason: OF_OTHER_VERSION }
    const { requestId, method, receivedAt } = read.capture
    return {
      ...message,
      requestId,
      method,
      receivedAt,
      ...captureForJson(read.capture, read.warnings, view),
    }
  }),
})
