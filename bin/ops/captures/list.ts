import * as z from 'zod'
import { parseJson } from '../../../functions/shared/json.ts'
import type { CapturesDeps, CapturesOptions } from './captures.ts'

export type HandedCapture = {
  messageId: string
  /** Names this receive, to let go of the capture by. */
  handle: string
  /** Milliseconds since the epoch. */
  sentAt: number
  body: string
}

/** How long captures stay hidden from others who look. After a kill they show up again by themselves. */
export const LISTED_SECONDS = 120

/** Listing ends before the first can come a second time. */
const WITHIN_MS = (LISTED_SECONDS / 2) * 1_000

/** Receives under way at once: most of a receive is waiting for the network. */
const RECEIVERS = 4

type Listed = { newest: readonly HandedCapture[]; found: number; complete: boolean }

/**
 * Receives every capture that is visible, and keeps the newest.
 * @param held gets what was received, also where a receive fails on the way.
 */
export async function listNewest(
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
