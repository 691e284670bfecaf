import type { QueuedMessage } from './queue-lanes.ts'

/** SQS's longest visibility time-out; hiding a message again doesn't start it anew. In seconds. */
const MAX_HIDDEN_SECONDS = 43_200

type Flight = { message: QueuedMessage; since: number; until: number }

/** A later receive of the same message has another handle. */
const handleOf = ({ id, receives }: QueuedMessage) => `${id}/receive-${receives}`

/** Which messages of a queue are hidden, until when, and by whose receive. */
export function createFlights(now: () => number) {
  const flights = new Map<string, Flight>()

  function current(): ReadonlyMap<string, Flight> {
    for (const [handle, { until }] of flights) if (until <= now()) flights.delete(handle)
    return flights
  }

  return {
    /** @returns the handle of this receive, which is good until the message is visible again. */
    start: (message: QueuedMessage, visibilityMs: number): string => {
      const handle = handleOf(message)
      flights.set(handle, { message, since: now(), until: now() + visibilityMs })
      return handle
    },
    end: (message: QueuedMessage): void => {
      flights.delete(handleOf(message))
    },
    messageOf: (handle: string): QueuedMessage | undefined => current().get(handle)?.message,
    /**
     * @param seconds from 0 to 43,200, from now.
     * @returns whether it was done: the handle is good, and the message not hidden for over 12 hours in all.
     */
    hide: (handle: string, seconds: number): boolean => {
      if (!(seconds >= 0 && seconds <= MAX_HIDDEN_SECONDS))
        throw new RangeError(`nothing is hidden ${seconds} s`)
      const flight = current().get(handle)
      const until = now() + seconds * 1000
      if (!flight || until > flight.since + MAX_HIDDEN_SECONDS * 1000) return false
      flight.until = until
      return true
    },
    /** The groups of which something is hidden. */
    groups: (): ReadonlySet<string> => new Set([...current().values()].map(({ message }) => message.group)),
    count: (): number => current().size,
    /** When the next message becomes visible, in milliseconds since the epoch. */
    nextEnd: (): number | undefined => {
      const ends = [...current().values()].map(({ until }) => until)
      return ends.length > 0 ? Math.min(...ends) : undefined
    },
  }
}
