import type { Process } from './clock.ts'
import { type Intake, postRows } from './post.ts'
import { exponential, logUniform, logUniformMean, seededRandom } from './random.ts'
import { SQS_MS } from './timing.ts'

/** What senders send, at the same rate day and night. */
export type Load = {
  /** Rows per day in total, including events. */
  rowsPerDay: number
  eventsPerSecond: number
  /** Events in one request. */
  eventsPerRequest: number
  /** Rows in one request of an activation. */
  rowsPerRequest: number
}

const SECONDS_PER_DAY = 86_400

/** Rows in the smallest and the largest activation. Small activations are more frequent. */
const ACTIVATION = { least: 10_000, most: 1_000_000 }

/**
 * Milliseconds between two requests, because a sender waits for each answer before it sends the next request.
 */
const REQUEST_EVERY_MS = 500

export const profileRowsPerSecond = ({ rowsPerDay, eventsPerSecond }: Load) =>
  rowsPerDay / SECONDS_PER_DAY - eventsPerSecond

type Random = () => number

/**
 * The senders of events and of activations of all sizes, at random intervals. Each sender has its own random
 * numbers, so every fleet gets the same load and fleets can be compared.
 */
export const sendersOf = (load: Load, intake: Intake, seed: number): Process[] => [
  events(load, intake, seededRandom(seed + 1)),
  activations(load, intake, seededRandom(seed + 2)),
]

function* events({ eventsPerSecond, eventsPerRequest }: Load, intake: Intake, random: Random): Process {
  if (eventsPerSecond === 0) return
  const everyMs = (1_000 * eventsPerRequest) / eventsPerSecond
  if (eventsPerRequest === 1) yield* singleEvents(everyMs, intake, random)
  for (;;) {
    yield exponential(everyMs, random)
    intake.clock.resume(postRows('events', eventsPerRequest, intake))
  }
}

/**
 * Does the same as `postRows` with one row, but without a process for each request, because there are
 * millions.
 */
function* singleEvents(everyMs: number, { clock, lanes, queues }: Intake, random: Random): Process {
  yield SQS_MS
  for (;;) {
    yield exponential(everyMs, random)
    queues.events.send(Math.floor(random() * lanes), { acceptedAt: clock.now() - SQS_MS, rows: 1 })
  }
}

function* activations(load: Load, intake: Intake, random: Random): Process {
  const perSecond = profileRowsPerSecond(load) / logUniformMean(ACTIVATION.least, ACTIVATION.most)
  if (perSecond <= 0) return
  for (;;) {
    yield exponential(1_000 / perSecond, random)
    const rows = Math.round(logUniform(ACTIVATION.least, ACTIVATION.most, random))
    intake.clock.resume(activation(rows, load, intake))
  }
}

function* activation(rows: number, { rowsPerRequest }: Load, intake: Intake): Process {
  for (let left = rows; left > 0; left -= rowsPerRequest) {
    intake.clock.resume(postRows('profiles', Math.min(left, rowsPerRequest), intake))
    yield REQUEST_EVERY_MS
  }
}
