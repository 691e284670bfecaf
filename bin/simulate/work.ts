import { SEND_WINDOW_SECONDS } from '../../functions/shared/limits.ts'
import { byLane } from '../../functions/worker/invocation.ts'
import { laneWaitMs } from '../../functions/worker/settle/settle.ts'
import { RECEIVES_BEFORE_ALONE } from '../../functions/worker/work.ts'
import { type Process, UNTIL_WOKEN } from './clock.ts'
import type { SimulatedMessage } from './queue.ts'
import { packRows, packWhole } from './request.ts'
import { isFullySettled, pace, type SimulatedRun, startSimulatedRun, type WorkerFleet } from './run.ts'
import { lanesLeft, simulateRequest } from './send.ts'
import { INVOKE_MS } from './timing.ts'

/**
 * Creates one concurrent slot of the event source. It receives batch after batch and invokes the worker with
 * each.
 */
export function createSlot(fleet: WorkerFleet): Process {
  const process = slot()
  return process

  function* slot(): Process {
    for (;;) {
      const batch = fleet.queue.receive()
      if (batch.length > 0) yield* work(fleet, batch)
      else {
        fleet.queue.sleep(process)
        yield UNTIL_WOKEN
      }
    }
  }
}

/** Mirrors the worker's `work`, with messages instead of rows. */
function* work(fleet: WorkerFleet, batch: readonly SimulatedMessage[]): Process {
  yield INVOKE_MS
  const run = startSimulatedRun(fleet, fleet.clock.now() + SEND_WINDOW_SECONDS * 1_000)
  const lanes = [...byLane(batch).values()]
  const [dangerous, steady] = [lanes.filter(isDangerous), lanes.filter((lane) => !isDangerous(lane))]
  yield* handle(run, steady.flat())
  if (dangerous.length > 0) remove(run, steady.flat())
  for (const lane of dangerous) yield* handleAlone(run, lane)
  if (run.requests > 0) yield pace(run)
  remove(run, batch)
}

const isDangerous = (lane: readonly SimulatedMessage[]) =>
  lane.some(({ receives }) => receives >= RECEIVES_BEFORE_ALONE)

function* handle(run: SimulatedRun, messages: readonly SimulatedMessage[]): Process {
  if (run.fleet.kind === 'profiles') yield* sendRows(run, messages)
  else yield* sendWhole(run, messages)
  finish(run, messages)
  returnToQueue(
    run,
    messages.filter((message) => !run.finished.has(message)),
  )
}

function* sendRows(run: SimulatedRun, messages: readonly SimulatedMessage[]): Process {
  for (const request of packRows(messages)) yield* simulateRequest(run, request)
}

/** A lane stops at its first failure. Messages that are done are deleted before more is sent. */
function* sendWhole(run: SimulatedRun, messages: readonly SimulatedMessage[]): Process {
  const stopped = new Set<string>()
  for (const [turn, request] of packWhole(messages).entries()) {
    if (run.halt) return
    if (turn > 0) {
      finish(run, messages)
      remove(run, messages)
    }
    const parts = request.filter(({ message }) => !stopped.has(message.lane))
    yield* simulateRequest(run, parts)
    for (const lane of lanesLeft(run, parts)) stopped.add(lane)
  }
}

/** Handles one message at a time. Messages behind one that goes back go back too. */
function* handleAlone(run: SimulatedRun, lane: readonly SimulatedMessage[]): Process {
  for (const [index, message] of lane.entries()) {
    if (run.halt) return returnToQueue(run, lane.slice(index))
    yield* handle(run, [message])
    remove(run, [message])
    if (!run.finished.has(message)) return returnToQueue(run, lane.slice(index + 1))
  }
}

function finish(run: SimulatedRun, messages: readonly SimulatedMessage[]): void {
  for (const message of messages) {
    if (run.finished.has(message) || !isFullySettled(run, message)) continue
    run.finished.add(message)
    const at = run.deliveredAt.get(message)
    if (at === undefined) continue
    run.fleet.count.delivered += 1
    run.fleet.latencies.add(at - message.acceptedAt)
  }
}

/** Deletes each message that is done, exactly once. */
function remove(run: SimulatedRun, messages: readonly SimulatedMessage[]): void {
  const done = messages.filter((message) => run.finished.has(message) && run.settled.delete(message))
  if (done.length > 0) run.fleet.queue.remove(done)
}

function returnToQueue(run: SimulatedRun, messages: readonly SimulatedMessage[]): void {
  for (const [lane, [head, ...others]] of byLane(messages)) {
    const waitMs = run.waits.get(lane) ?? laneWaitMs(run, lane, head.receives, run.fleet.random)
    run.waits.set(lane, waitMs)
    run.fleet.count.mostReceives = Math.max(run.fleet.count.mostReceives, head.receives)
    run.fleet.queue.hide([head, ...others], Math.ceil(waitMs / 1_000))
  }
}
