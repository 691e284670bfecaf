import { setImmediate as turn } from 'node:timers/promises'
import * as z from 'zod'
import type { BrazeSimulator } from '../../../bin/local/braze/simulator.ts'
import type { BridgeProcess } from './bridge-process.ts'
import type { Kill } from './evidence.ts'
import { type DiskMessage, messagesLeft } from './queues-on-disk.ts'
import type { SenderTotals } from './senders.ts'

export const PROFILES = 'profiles.fifo'
export const EVENTS = 'events.fifo'

/** The parts of a message of events that are needed here. */
const Message = z.object({ records: z.array(z.object({ properties: z.object({ n: z.number() }) })) })

/**
 * Kills the process and records what was in progress then, as seen by its senders, by Braze and on its disk.
 */
export async function killAndInspect(options: {
  bridge: BridgeProcess
  braze: BrazeSimulator
  sent: SenderTotals
  stateDir: string
}): Promise<Kill> {
  const { bridge, braze, sent, stateDir } = options
  const duringStart = !bridge.isReady()
  const openEvents = sent.openEvent === undefined ? [] : [sent.openEvent]
  const at = Date.now()
  await bridge.kill()
  // The last bytes from the killed process may still be in a socket of this process.
  await turn()
  const over = Date.now()
  const left = messagesLeft(stateDir)
  const inHand = (queue: string) => left.filter((message) => message.queue === queue && message.received)
  return {
    at,
    over,
    duringStart,
    brazeRequests: braze.requests().filter((request) => request.at <= at && at < request.answeredAt).length,
    openEvents,
    eventsInHand: inHand(EVENTS).map(eventsOf),
    profilesInHand: inHand(PROFILES).length,
    waiting: left.filter(({ queue }) => queue === PROFILES || queue === EVENTS).length,
  }
}

const eventsOf = ({ body }: DiskMessage) =>
  Message.parse(JSON.parse(body)).records.map(({ properties }) => properties.n)
