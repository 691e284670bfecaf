import type { BrazeRequest } from '../braze.ts'
import { exponential, seededRandom } from '../random.ts'
import type { Fleet } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { quantile } from './statistics.ts'
import { runVirtual, type Sender } from './virtual.ts'
import { postOf, requestsOf, workload } from './workload.ts'

/** Without a delay, and with the default of `queues.profiles.deliveryDelaySeconds`. */
const DELAYS_SECONDS = [0, 3]

/** Requests with one change each, per second. */
const RATES = [1, 10, 100]

/** The duration in virtual seconds. */
const SECONDS = 300
const FEW_SECONDS = 20

/** A fifth of the changes are for ten people, who change all the time. Each other change is for a person of its own. */
const HOT_PEOPLE = 10
const HOT_SHARE = 0.2

/** More increments of one user than a worker can send in an invocation. */
const INCREMENTS = 2_000
const FEW_INCREMENTS = 200
const INCREMENTS_PER_REQUEST = 20

const ACTIVATION_ROWS = 10_000
const ROWS_PER_REQUEST = 5_000

/** Braze may apply two requests for one person in either order if they are this close, in milliseconds. */
const CLOSE_MS = 3_000

/** One environment sees every request for a person. Eight take turns: the one that was idle the longest is next. */
const ONE_ENVIRONMENT: Fleet = {
  ...PROD,
  queues: { ...PROD.queues, profiles: { concurrency: 1, requestsPerSecond: 10 } },
}

type Changes = { name: string; rows: number; fleet?: Fleet; send: (sender: Sender) => Promise<void> }

/**
 * Measures what the delay of profile changes does to the requests, to the latency, and to how close together
 * the requests for one person are.
 */
export async function delay({ short, seed }: Options): Promise<Figure[]> {
  const figures: Figure[] = []
  const rates = RATES.map((perSecond) => singly(perSecond, short, seed))
  const [, ten] = rates
  const inOne = ten ? [{ ...ten, name: `${ten.name}, one environment`, fleet: ONE_ENVIRONMENT }] : []
  for (const changes of [...rates, ...inOne, increments(short), activation(seed)])
    for (const seconds of DELAYS_SECONDS) figures.push(...(await deliver(changes, seconds, seed)))
  return figures
}

function singly(perSecond: number, short: boolean, seed: number): Changes {
  const rows = perSecond * (short ? FEW_SECONDS : SECONDS)
  return {
    name: `${perSecond} a second`,
    rows,
    send: async ({ sleep, post }) => {
      const random = seededRandom(seed)
      const person = (row: number) =>
        random() < HOT_SHARE ? `hot-${Math.floor(random() * HOT_PEOPLE)}` : `user-${row}`
      const answered: Promise<void>[] = []
      for (let row = 0; row < rows; row++) {
        await sleep(exponential(1_000 / perSecond, random))
        answered.push(post(postOf('profiles', [{ external_id: person(row), tier: row }])))
      }
      await Promise.all(answered)
    },
  }
}

function increments(short: boolean): Changes {
  const rows = short ? FEW_INCREMENTS : INCREMENTS
  const some = Array.from({ length: INCREMENTS_PER_REQUEST }, () => ({
    external_id: 'hot',
    points: { inc: 1 },
  }))
  return {
    name: `${rows.toLocaleString('en')} increments of one user`,
    rows,
    send: async ({ post }) => {
      for (let sent = 0; sent < rows; sent += some.length) await post(postOf('profiles', some))
    },
  }
}

function activation(seed: number): Changes {
  const { profiles } = workload(2 * ACTIVATION_ROWS, { seed, repeats: 0.2 })
  const rows = { profiles: profiles.slice(0, ACTIVATION_ROWS), events: [] }
  return {
    name: 'activation of 10,000 rows',
    rows: ACTIVATION_ROWS,
    send: async ({ post }) => {
      for (const request of requestsOf(rows, ROWS_PER_REQUEST)) await post(request)
    },
  }
}

async function deliver(
  { name, rows, send, fleet = PROD }: Changes,
  seconds: number,
  seed: number,
): Promise<Figure[]> {
  const closeness = watchCloseness()
  const { requests, objects, latenciesMs, invocations } = await runVirtual({
    fleet: { ...fleet, profilesDelaySeconds: seconds },
    seed,
    send,
    observer: closeness,
  })
  const row = `${name}, delay ${seconds} s`
  const figure = (column: string, value: number, unit = ''): Figure => ({
    name: `${row}: ${column}`,
    value,
    unit,
    at: { row, column },
  })
  return [
    figure('requests for 10,000 rows', (10_000 * requests) / rows),
    figure('objects a request', objects / requests),
    figure('median', quantile(latenciesMs, 0.5) / 1_000, 's'),
    figure('p99', quantile(latenciesMs, 0.99) / 1_000, 's'),
    figure('last', Math.max(...latenciesMs) / 1_000, 's'),
    figure('worker time for 10,000 rows', (10 * invocations.worker.ms) / rows, 's'),
    figure('objects within 3 s of the last', (100 * closeness.close()) / objects, '%'),
  ]
}

/** Counts the objects that are sent less than three seconds after another object of the same person. */
function watchCloseness() {
  const lastAt = new Map<string, number>()
  let close = 0
  return {
    asked: ({ body }: BrazeRequest, at: number) => {
      const { attributes }: { attributes: { external_id: string }[] } = JSON.parse(body)
      for (const { external_id } of attributes) {
        if (at - (lastAt.get(external_id) ?? Number.NEGATIVE_INFINITY) < CLOSE_MS) close += 1
        lastAt.set(external_id, at)
      }
    },
    close: () => close,
  }
}
