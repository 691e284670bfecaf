import * as z from 'zod'
import { parseJson } from '../../../functions/shared/json.ts'
import { CAPTURES_RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { plural } from '../../cli/plural.ts'
import { formatCapture } from '../explain/format-capture.ts'
import { readCapture } from '../explain/read-capture.ts'
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
  /** Show the values of their first rows. */
  values: boolean
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
  /** Receives the output lines. */
  out: (line: string) => void
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
 * Shows the newest captures without removing any.
 * @throws if SQS cannot be reached.
 */
export async function captures(options: CapturesOptions, deps: CapturesDeps): Promise<void> {
  const received = new Map<string, Pick<ReceivedCapture, 'handle'>>()
  try {
    const { newest, found, complete } = await listNewest(options, deps, received)
    const hidden = (await deps.countHidden()) - received.size
    deps.out(
      found === 0
        ? nothingCaptured(options)
        : `Captured: ${plural(found, 'request')}, ${newest.length} shown`,
    )
    for (const { body } of newest) {
      const capture = readCapture(body)
      const lines = capture
        ? formatCapture(capture, options)
        : ['A request that another version has captured.']
      for (const line of ['', ...lines]) deps.out(line)
    }
    if (!complete) deps.out('\nThere are more than one look takes, and these may not be the newest.')
    if (hidden > 0)
      deps.out(
        `\nAbout ${hidden} more can't be seen now: somebody else looks, for ${LISTED_SECONDS} seconds at most.`,
      )
  } finally {
    await deps.hide([...received.values()], RELEASED_SECONDS)
  }
}

const nothingCaptured = ({ connection }: CapturesOptions) =>
  `Nothing was captured${connection === undefined ? '' : ` of ${connection}`} in the last ${CAPTURES_RETENTION_DAYS} days. A connection captures with "mode": "capture" in cdk.json.`

type Listed = { newest: readonly ReceivedCapture[]; found: number; complete: boolean }

/**
 * Receives every visible capture and keeps the newest.
 * @param held receives every capture, even if a later receive fails.
 */
async function listNewest(
  { connection, last }: Pick<CapturesOptions, 'connection' | 'last'>,
  { receive, now, stop }: Pick<CapturesDeps, 'receive' | 'now' | 'stop'>,
  held: Map<string, Pick<ReceivedCapture, 'handle'>>,
): Promise<Listed> {
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
