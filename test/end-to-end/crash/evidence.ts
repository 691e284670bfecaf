import type { Attributes } from './activation.ts'

/** One `kill -9`. Times are in milliseconds since the epoch. */
export type Kill = {
  at: number
  /** The time at which the process is gone and everything that it had sent has arrived. */
  over: number
  /** Whether the kill came before the process accepted requests. */
  duringStart: boolean
  /** The number of requests that Braze had received but not answered. */
  brazeRequests: number
  /** Events that a sender had sent but that were not answered yet. */
  openEvents: number[]
  /** The events of each message that the worker had received but not deleted. */
  eventsInHand: number[][]
  /** The number of such messages of profile changes. */
  profilesInHand: number
  /** The number of messages in both queues, including those above. */
  waiting: number
}

/** The results of a run, for the judge. */
export type Evidence = {
  /** The profiles that Braze must hold, by external id. */
  model: ReadonlyMap<string, Attributes>
  /** The profiles that Braze holds, by external id. */
  profiles: ReadonlyMap<string, Attributes>
  /** The accepted events, in the order in which they were accepted. */
  accepted: readonly { n: number; user: string }[]
  /** The events in Braze, in the order in which they arrived. */
  arrived: readonly { n: number; user: string; at: number }[]
  kills: readonly Kill[]
  /** A description of each message that was left in a queue at the end, including dead letters. */
  left: readonly string[]
  /** A description of each answer of the receiver with wrong counts of rows. */
  miscounted: readonly string[]
}
