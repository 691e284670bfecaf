import type { Attributes } from './activation.ts'

/** One `kill -9`. Times in milliseconds since the epoch. */
export type Kill = {
  at: number
  /** Nothing of the process is left, and all that it had sent has arrived. */
  over: number
  /** It came before the process took requests. */
  duringStart: boolean
  /** Requests that Braze had and had not answered. */
  brazeRequests: number
  /** Events that a sender had sent and was not answered. */
  openEvents: number[]
  /** The messages of events, each by its events, that the worker had and of which it never said that they were done. */
  eventsInHand: number[][]
  /** The same of profile changes: messages only. */
  profilesInHand: number
  /** Messages that stood in both queues, these included. */
  waiting: number
}

/** What a run leaves behind, for the judge. */
export type Evidence = {
  /** The profiles that Braze must hold, by external id, and those that it holds. */
  model: ReadonlyMap<string, Attributes>
  profiles: ReadonlyMap<string, Attributes>
  /** Events that were accepted, in that order. */
  accepted: readonly { n: number; user: string }[]
  /** Events that Braze has, as they arrived. */
  arrived: readonly { n: number; user: string; at: number }[]
  kills: readonly Kill[]
  /** Queue by queue, what was left in the end: dead letters included. */
  left: readonly string[]
  /** Answers of the receiver that counted other rows than were sent. */
  miscounted: readonly string[]
}
