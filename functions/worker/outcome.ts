import type { Halt } from './invocation.ts'

/**
 * What an invocation has decided so far. Each phase returns its part as a `Decision`, and its caller adds the
 * part to the outcome. What became of each record is in the ledger.
 */
export type Outcome = {
  /** Set once. From then on, nothing is sent. */
  readonly halt: Halt | undefined
  readonly backedOff: BackedOffLanes
  /** When Braze last accepted something of a message, in milliseconds since the epoch, by message id. */
  readonly deliveredAt: ReadonlyMap<string, number>
  /** The ids of the messages that are done: each of their records is delivered or parked. */
  readonly finished: ReadonlySet<string>
}

/** Lanes whose messages go back because something failed, with the longest Retry-After seen, in milliseconds. */
export type BackedOffLanes = ReadonlyMap<string, number | undefined>

/** What one step decided. Fields that it omits are unchanged. */
export type Decision = Partial<Outcome>

export const NOTHING_DECIDED: Outcome = {
  halt: undefined,
  backedOff: new Map(),
  deliveredAt: new Map(),
  finished: new Set(),
}

/** Adds what a step decided. The first halt stays, and a lane keeps the longest wait that Braze asked for. */
export function decided(before: Outcome, step: Decision): Outcome {
  const backedOff = new Map(before.backedOff)
  for (const [lane, waitMs] of step.backedOff ?? []) backOffLane(backedOff, lane, waitMs)
  return {
    halt: before.halt ?? step.halt,
    backedOff,
    deliveredAt: new Map([...before.deliveredAt, ...(step.deliveredAt ?? [])]),
    finished: new Set([...before.finished, ...(step.finished ?? [])]),
  }
}

/** Marks the lane for backoff and keeps the longest Retry-After seen, in milliseconds. */
export function backOffLane(lanes: Map<string, number | undefined>, lane: string, waitMs?: number): void {
  const longest = Math.max(waitMs ?? 0, lanes.get(lane) ?? 0)
  lanes.set(lane, longest > 0 ? longest : undefined)
}
