import type { Halt } from '../../functions/worker/invocation.ts'
import { backOffLane } from '../../functions/worker/outcome.ts'
import { SHORT_WAIT_MS } from '../../functions/worker/send/ask.ts'
import { FAILURES_ALONE, RECEIVES_BEFORE_SEARCH, SEARCH_MS } from '../../functions/worker/send/bisect.ts'
import type { BrazeVerdict } from '../../functions/worker/send/judge.ts'
import { withJitter } from '../../functions/worker/send/wait.ts'
import type { Process } from './clock.ts'
import { halves, objectsIn, type SimulatedRequest } from './request.ts'
import { isFullySettled, pace, type SimulatedRun } from './run.ts'

/**
 * Mirrors the worker's `ask`: sends one request, keeping to the pace and the deadline and sleeping through
 * short waits.
 */
function* ask(run: SimulatedRun): Process<BrazeVerdict | Halt> {
  const { clock, braze, random, count } = run.fleet
  for (;;) {
    yield pace(run)
    if (clock.now() >= run.deadline) return { kind: 'out of time' }
    const { afterMs, verdict } = braze.answerTo()
    yield afterMs
    run.requests += 1
    count.requests += 1
    if (verdict.kind !== 'wait') return verdict
    const waitMs = verdict.waitMs && withJitter(verdict.waitMs, random)
    if (waitMs === undefined || waitMs >= SHORT_WAIT_MS || clock.now() + waitMs >= run.deadline)
      return { kind: 'wait', waitMs }
    yield waitMs
  }
}

/**
 * Mirrors the worker's `sendRequest`: notes what Braze accepts. What Braze fails on goes back or is searched.
 * @param failures the number of 5xx that this request already got in this invocation.
 * @param takenBefore the number of requests that Braze had accepted when it first failed on this one.
 */
export function* simulateRequest(
  run: SimulatedRun,
  request: SimulatedRequest,
  failures = 0,
  takenBefore?: number,
): Process {
  if (run.halt || request.length === 0) return
  const answer = yield* ask(run)
  if (answer.kind === 'accepted') {
    run.taken += 1
    settleRows(run, request)
    for (const { message } of request) run.deliveredAt.set(message, run.fleet.clock.now())
  } else if (answer.kind === 'retry') {
    for (const { message } of request) backOffLane(run.backedOff, message.lane, answer.waitMs)
    yield* failed(run, request, answer, failures + 1, takenBefore ?? run.taken)
  } else if (answer.kind !== 'rejected') {
    run.halt = answer
  }
}

type Retry = Extract<BrazeVerdict, { kind: 'retry' }>

/**
 * Mirrors the worker's `onServerError`: searches a request whose messages were received often, as long as
 * Braze accepts a probe.
 */
function* failed(
  run: SimulatedRun,
  request: SimulatedRequest,
  { failing, status, waitMs }: Retry,
  failures: number,
  takenBefore: number,
): Process {
  const isReceivedOften = request.some(({ message }) => message.receives >= RECEIVES_BEFORE_SEARCH)
  if (status === undefined || !isReceivedOften || !failing || waitMs !== undefined) return
  if (objectsIn(request) > 1) {
    if (yield* isBrazeUp(run)) yield* sendHalves(run, request, takenBefore)
  } else if (failures >= FAILURES_ALONE) {
    if (run.taken === takenBefore) return
    settleRows(run, request)
    run.fleet.count.parkedRows += objectsIn(request)
  } else if (failures < FAILURES_ALONE - 1 || (yield* isBrazeUp(run))) {
    yield* simulateRequest(run, request, failures, takenBefore)
  }
}

function* isBrazeUp(run: SimulatedRun): Process<boolean> {
  const answer = yield* ask(run)
  if (answer.kind === 'accepted') {
    run.taken += 1
    return true
  }
  if (answer.kind === 'rejected') return true
  run.halt ??= answer.kind === 'retry' ? { kind: 'outage', waitMs: answer.waitMs } : answer
  return false
}

function* sendHalves(run: SimulatedRun, request: SimulatedRequest, takenBefore: number): Process {
  const { clock, kind } = run.fleet
  const isBegun = request.some(({ message }) => run.settled.has(message))
  if (kind === 'events' && clock.now() + SEARCH_MS >= run.deadline && !isBegun) {
    run.halt = { kind: 'out of time' }
    return
  }
  for (const half of halves(request)) yield* simulateRequest(run, half, 0, takenBefore)
}

function settleRows(run: SimulatedRun, request: SimulatedRequest): void {
  for (const { message, rows } of request) run.settled.set(message, (run.settled.get(message) ?? 0) + rows)
}

/** @returns the lanes of a request that still have unsettled rows. */
export const lanesLeft = (run: SimulatedRun, request: SimulatedRequest): string[] =>
  request.flatMap(({ message }) => (isFullySettled(run, message) ? [] : message.lane))
