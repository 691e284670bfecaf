import type { Figure } from './figure.ts'
import { floorOf } from './floor.ts'
import { deliverAll, receiveAll, TAKES_ALL } from './pipeline.ts'
import { median } from './quantile.ts'
import { requestsOf } from './requests-of.ts'
import type { Options } from './sections.ts'
import { workload } from './workload.ts'

const RECORDS = 10_000
const ROWS_PER_REQUEST = 5_000

/** So often before it counts: what is deployed runs warm, too. */
const WARM_UP = 10

const RUNS = 40
const FEW_RUNS = 15

/** Runs of pipeline and floor in turn, so that a machine that grows slow slows both. */
export async function cpu({ short, seed }: Options): Promise<Figure[]> {
  const runs = short ? FEW_RUNS : RUNS
  const posts = requestsOf(workload(RECORDS, { seed, repeats: 0.2 }), ROWS_PER_REQUEST)
  const first = await receiveAll(posts)
  const bodies: string[] = []
  await deliverAll(first.messages, (body) => {
    bodies.push(body)
    return TAKES_ALL
  })
  const floor = floorOf(posts, first.messages, bodies)
  const kept: { receiver: number; worker: number; floor: { receiver: number; worker: number } }[] = []
  for (let run = 0; run < WARM_UP + runs; run++) {
    const received = await receiveAll(posts)
    const delivered = await deliverAll(received.messages, () => TAKES_ALL)
    const least = floor()
    if (run >= WARM_UP) kept.push({ receiver: received.cpuMs, worker: delivered.cpuMs, floor: least })
  }
  const of = (pick: (run: (typeof kept)[number]) => number) => median(kept.map(pick))
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
        of(({ receiver, worker }) => receiver + worker),
        of(({ floor: { receiver, worker } }) => receiver + worker),
      ),
      target: { most: 3 },
      isRelative: true,
    },
    figure(
      'receiver',
      of(({ receiver }) => receiver),
      of((run) => run.floor.receiver),
    ),
    figure(
      'worker',
      of(({ worker }) => worker),
      of((run) => run.floor.worker),
    ),
  ]
}
