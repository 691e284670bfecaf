import { seededRandom } from '../../bin/simulate/random.ts'
import type { Figure, Options } from './figure.ts'
import { floorOf } from './floor.ts'
import { deliverAll, receiveAll, SUCCESS_ANSWER } from './pipeline.ts'
import { middleMean } from './quantile.ts'
import { requestsOf } from './requests-of.ts'
import { workload } from './workload.ts'

const RECORDS = 10_000
const ROWS_PER_REQUEST = 5_000

/** So often before it counts: 600,000 records, after which the compiler has done what it will do. */
const WARM_UP = 60
const SHORT_WARM_UP = 15

const RUNS = 80
const FEW_RUNS = 15

/** Runs of pipeline and floor in turn, so that a machine that grows slow slows both. */
export async function cpu({ short, seed }: Options): Promise<Figure[]> {
  const [warmUp, runs] = short ? [SHORT_WARM_UP, FEW_RUNS] : [WARM_UP, RUNS]
  const posts = requestsOf(workload(RECORDS, { seed, repeats: 0.2 }), ROWS_PER_REQUEST)
  const first = await receiveAll(posts)
  const bodies: string[] = []
  await deliverAll(first.messages, (body) => {
    bodies.push(body)
    return SUCCESS_ANSWER
  })
  const floor = floorOf(posts, first.messages, bodies)
  const samples: { receiver: number; worker: number; floor: { receiver: number; worker: number } }[] = []
  const random = seededRandom(seed)
  for (let run = 0; run < warmUp + runs; run++) {
    makeGarbage(random)
    const received = await receiveAll(posts)
    makeGarbage(random)
    const delivered = await deliverAll(received.messages, () => SUCCESS_ANSWER)
    makeGarbage(random)
    const least = floor()
    if (run >= warmUp) samples.push({ receiver: received.cpuMs, worker: delivered.cpuMs, floor: least })
  }
  const meanOf = (pick: (run: (typeof samples)[number]) => number) => middleMean(samples.map(pick))
  const figure = (name: string, value: number, least: number): Figure => ({
    name,
    value,
    unit: 'ms',
    floor: least,
  })
  return [
    {
      ...figure(
        'receiver and worker',
        meanOf(({ receiver, worker }) => receiver + worker),
        meanOf(({ floor: { receiver, worker } }) => receiver + worker),
      ),
      target: { most: 3 },
      isRelative: true,
    },
    figure(
      'receiver',
      meanOf(({ receiver }) => receiver),
      meanOf((run) => run.floor.receiver),
    ),
    figure(
      'worker',
      meanOf(({ worker }) => worker),
      meanOf((run) => run.floor.worker),
    ),
  ]
}

/** About what the young generation holds, in MB. */
const MAX_GARBAGE_MB = 64

/**
 * A run makes about as much garbage as is collected at once. Left alone, each collection would fall on the same moment
 * of every run: on one at which little is alive, or on one at which much is, whichever it happens to be.
 */
function makeGarbage(random: () => number): void {
  for (let left = random() * MAX_GARBAGE_MB * 2 ** 20; left > 0; left -= GARBAGE_BYTES)
    lastGarbage = new Array(GARBAGE_BYTES / 8).fill(0)
}
const GARBAGE_BYTES = 8_192
let lastGarbage: number[] = []
export const garbageLength = () => lastGarbage.length
