import * as z from 'zod'
import { parseJson } from '../../../functions/shared/json.ts'
import { plural } from '../../local/plural.ts'
import { formatCapture } from '../explain/format-capture.ts'
import { readCapture } from '../explain/read-capture.ts'
import { RELEASED_SECONDS } from '../redrive/list.ts'

export type HandedCapture = {
  messageId: string
  /** Names this receive, to let go of the capture by. */
  handle: string
  /** Milliseconds since the epoch. */
  sentAt: number
  body: string
}

export type CapturesOptions = {
  connection: string | undefined
  /** So many requests are shown. */
  last: number
  /** Show what stands in their first rows. */
  values: boolean
}

export type CapturesDeps = {
  /** Hands out captures and hides them for so many seconds. @returns none where none is visible. */
  receive: (seconds: number) => Promise<readonly HandedCapture[]>
  /** Hides captures for so many seconds from now. */
  hide: (captures: readonly Pick<HandedCapture, 'handle'>[], seconds: number) => Promise<readonly unknown[]>
  /** How many are hidden at this moment, those of this run included. SQS knows it roughly. */
  countHidden: () => Promise<number>
  now: () => number
  stop: AbortSignal
  /** Gets the lines for the person at the keyboard. */
  out: (line: string) => void
}

/** How long captures stay hidden from others who look. After a kill they show up again by themselves. */
const LISTED_SECONDS = 120

/** Listing ends before the first can come a second time. */
const WITHIN_MS = (LISTED_SECONDS / 2) * 1_000

/** Receives under way at once: most of a receive is waiting for the network. */
const RECEIVERS = 4

/**
 * Shows the newest captures, and leaves them all where they are.
 * @throws where SQS can't be asked.
 */
export async function captures(options: CapturesOptions, deps: CapturesDeps): Promise<void> {
  const received = new Map<string, Pick<HandedCapture, 'handle'>>()
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
  `Nothing was captured${connection === undefined ? '' : ` of ${connection}`} in the last 7 days. A connection captures with "mode": "capture" in cdk.json.`

type Listed = { newest: readonly HandedCapture[]; found: number; complete: boolean }

/**
 * Receives every capture that is visible, and keeps the newest.
 * @param held gets what was received, also where a receive fails on the way.
 */
async function listNewest(
  { connection, last }: Pick<CapturesOptions, 'connection' | 'last'>,
  { receive, now, stop }: Pick<CapturesDeps, 'receive' | 'now' | 'stop'>,
  held: Map<string, Pick<HandedCapture, 'handle'>>,
): Promise<Listed> {
  const until = now() + WITHIN_MS
  let newest: HandedCapture[] = []
  let found = 0
  const drain = async (): Promise<boolean> => {
    while (!stop.aborted && now() < until) {
      const received = await receive(LISTED_SECONDS)
      if (received.length === 0) return true
      // A standard queue may hand one out twice.
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
