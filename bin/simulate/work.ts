import { SEND_WINDOW_SECONDS } from '../../functions/shared/limits.ts'
import { byLane } from '../../functions/worker/invocation.ts'
import { laneWaitMs } from '../../functions/worker/settle/settle.ts'
import { RECEIVES_OF_A_DANGER } from '../../functions/worker/work.ts'
import { type Course, UNTIL_WOKEN } from './clock.ts'
import type { Message } from './queue.ts'
import { packRows, packWhole } from './request.ts'
import { isComplete, pace, type Run, type Site, startRun } from './run.ts'
import { lanesLeft, sendRequest } from './send.ts'
import { INVOKE_MS } from './timing.ts'

/** One of the event source's places: it invokes the worker with whatever there is, batch by batch. */
export function createPlace(site: Site): Course {
  const course = place()
  return course

  function* place(): Course {
    for (;;) {
      const batch = site.queue.receive()
      if (batch.length > 0) yield* work(site, batch)
      else {
        site.queue.sleep(course)
        yield UNTIL_WOKEN
      }
    }
  }
}

/** The worker's `work`, with messages in place of rows. */
function* work(site: Site, batch: readonly Message[]): Course {
  yield INVOKE_MS
  const run = startRun(site, site.clock.now() + SEND_WINDOW_SECONDS * 1_000)
  const lanes = [...byLane(batch).values()]
  const [dangerous, steady] = [lanes.filter(isDangerous), lanes.filter((lane) => !isDangerous(lane))]
  yield* handle(run, steady.flat())
  if (dangerous.length > 0) remove(run, steady.flat())
  for (const lane of dangerous) yield* handleAlone(run, lane)
  if (run.requests > 0) yield pace(run)
  remove(run, batch)
}

const isDangerous = (lane: readonly Message[]) =>
  lane.some(({ receives }) => receives >= RECEIVES_OF_A_DANGER)

function* handle(run: Run, messages: readonly Message[]): Course {
  if (run.site.kind === 'profiles') yield* sendRows(run, messages)
  else yield* sendWhole(run, messages)
  finish(run, messages)
  putBack(
    run,
    messages.filter((message) => !run.finished.has(message)),
  )
}

function* sendRows(run: Run, messages: readonly Message[]): Course {
  for (const request of packRows(messages)) yield* sendRequest(run, request)
}

/** A lane stops at its first failure, and what is done is deleted before more is sent. */
function* sendWhole(run: Run, messages: readonly Message[]): Course {
  const stopped = new Set<string>()
  for (const [turn, request] of packWhole(messages).entries()) {
    if (run.halt) return
    if (turn > 0) {
      finish(run, messages)
      remove(run, messages)
    }
    const parts = request.filter(({ message }) => !stopped.has(message.lane))
    yield* sendRequest(run, parts)
    for (const lane of lanesLeft(run, parts)) stopped.add(lane)
  }
}

/** One message at a time; what comes behind one that goes back goes back too. */
function* handleAlone(run: Run, lane: readonly Message[]): Course {
  for (const [index, message] of lane.entries()) {
    if (run.halt) return putBack(run, lane.slice(index))
    yield* handle(run, [message])
    remove(run, [message])
    if (!run.finished.has(message)) return putBack(run, lane.slice(index + 1))
  }
}

function finish(run: Run, messages: readonly Message[]): void {
  for (const message of messages) {
    if (run.finished.has(message) || !isComplete(run, message)) continue
    run.finished.add(message)
    const at = run.deliveredAt.get(message)
    if (at === undefined) continue
    run.site.count.delivered += 1
    run.site.latencies.add(at - message.acceptedAt)
  }
}

/** Deletes those that are done, once. */
function remove(run: Run, messages: readonly Message[]): void {
  const done = messages.filter((message) => run.finished.has(message) && run.settled.delete(message))
  if (done.length > 0) run.site.queue.remove(done)
}

function putBack(run: Run, messages: readonly Message[]): void {
  for (const [lane, [head, ...others]] of byLane(messages)) {
    const waitMs = run.waits.get(lane) ?? laneWaitMs(run, lane, head.receives, run.site.random)
    run.waits.set(lane, waitMs)
    run.site.count.mostReceives = Math.max(run.site.count.mostReceives, head.receives)
    run.site.queue.hide([head, ...others], Math.ceil(waitMs / 1_000))
  }
}
