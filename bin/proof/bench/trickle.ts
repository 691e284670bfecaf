import { seededRandom } from '../random.ts'
import type { Fleet } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { FOR_A_THOUSAND_EVENTS, PROD } from './fleets.ts'
import { quantile } from './statistics.ts'
import { runVirtual, type Sender } from './virtual.ts'
import { postOf, workload } from './workload.ts'

const RATES: readonly { perSecond: number; fleet: Fleet; settings: string }[] = [
  { perSecond: 10, fleet: PROD, settings: 'settings of prod' },
  { perSecond: 100, fleet: PROD, settings: 'settings of prod' },
  {
    perSecond: 1_000,
    fleet: FOR_A_THOUSAND_EVENTS,
    settings: 'settings of prod with 32 lanes',
  },
]

/** The duration in virtual seconds. */
const SECONDS = 60
const FEW_SECONDS = 10

/**
 * Measures the number of requests to Braze and the latency of single events that arrive at random intervals.
 */
export async function trickle({ short, seed }: Options): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const { perSecond, fleet, settings } of RATES) {
    const events = perSecond * (short ? FEW_SECONDS : SECONDS)
    const { latenciesMs, requests } = await runVirtual({
      fleet,
      seed,
      send: (sender) => sendSingly(sender, events, perSecond, seed),
    })
    const name = `${perSecond.toLocaleString('en')} a second`
    figures.push(
      {
        name: `requests for 10,000 events, ${name} (${settings})`,
        value: (10_000 * requests) / events,
        unit: '',
      },
      { name: `from sender to Braze, median, ${name}`, value: quantile(latenciesMs, 0.5), unit: 'ms' },
      { name: `from sender to Braze, p99, ${name}`, value: quantile(latenciesMs, 0.99), unit: 'ms' },
    )
  }
  return figures
}

/** Senders do not wait for each other, so each event is sent whether or not the previous one was answered. */
export async function sendSingly(
  { sleep, post }: Sender,
  count: number,
  perSecond: number,
  seed: number,
): Promise<void> {
  const random = seededRandom(seed)
  const answered: Promise<void>[] = []
  for (const event of workload(5 * count, { seed, repeats: 0.2 }).events.slice(0, count)) {
    await sleep((-Math.log(1 - random()) * 1_000) / perSecond)
    answered.push(post(postOf('events', [event])))
  }
  await Promise.all(answered)
}
