import { Message } from '../../../functions/shared/message.ts'
import { map } from '../../../functions/worker/map/map.ts'
import { SUCCESS_ANSWER } from '../braze.ts'
import { seededRandom } from '../random.ts'
import type { Figure, Options } from './figure.ts'
import { deliverAll, outgoingOf, receiveAll, type StoredMessage } from './pipeline.ts'
import { cpuMs, middleMean } from './statistics.ts'
import { requestsOf, type SenderRequest, workload } from './workload.ts'

const RECORDS = 10_000
const ROWS_PER_REQUEST = 5_000

/**
 * The number of runs before measuring starts: 600,000 records, after which the JIT compiler is done
 * optimizing.
 */
const WARM_UP = 60
const SHORT_WARM_UP = 15

const RUNS = 80
const FEW_RUNS = 15

/** Runs the pipeline and its floor alternately, so that a machine that becomes slower slows both. */
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

/** The approximate size of the garbage collector's young generation, in MB. */
const MAX_GARBAGE_MB = 64

/**
 * Shifts the garbage collections to random moments of a run. A run makes about as much garbage as one
 * collection removes. Without this, the collection would hit the same moment of every run, which may have few
 * or many live objects.
 */
function makeGarbage(random: () => number): void {
  for (let left = random() * MAX_GARBAGE_MB * 2 ** 20; left > 0; left -= GARBAGE_BYTES)
    lastGarbage = new Array(GARBAGE_BYTES / 8).fill(0)
}
const GARBAGE_BYTES = 8_192
let lastGarbage: number[] = []
export const garbageLength = () => lastGarbage.length

/**
 * The work that no pipeline of this kind can avoid: parse the requests, write the queue messages, parse them
 * on the other side, and write the requests to Braze, with the same parser. Its messages hold each record in
 * Braze's own shape, which is shorter than the bridge's, because the choice of a longer one is not unavoidable.
 * @returns a function that does this work once and returns the CPU time of the receiver's half and of the
 * worker's half, in milliseconds.
 */
function floorOf(
  posts: readonly SenderRequest[],
  messages: readonly StoredMessage[],
  bodies: readonly string[],
) {
  const queued = messages.map(inBrazeShape)
  const written = queued.map((message) => JSON.stringify(message))
  const sent: unknown[] = bodies.map((body) => JSON.parse(body))
  const texts = posts.map(({ body }) => body.toString())
  return () => {
    const start = cpuMs()
    for (const text of texts) use(JSON.parse(text))
    for (const message of queued) use(JSON.stringify(message))
    const half = cpuMs()
    for (const body of written) use(JSON.parse(body))
    for (const body of sent) use(JSON.stringify(body))
    return { receiver: half - start, worker: cpuMs() - half }
  }
}

/** A message with the objects that Braze gets, one for each record. */
function inBrazeShape(stored: StoredMessage) {
  const { records, ...envelope } = Message.parse(JSON.parse(outgoingOf(stored).body))
  const objects = records.map((record) => {
    const mapped = map(record, envelope.receivedAt)
    if ('code' in mapped) throw new Error(`Braze does not take a record of the workload: ${mapped.code}`)
    return mapped.object
  })
  return { ...envelope, records: objects }
}

/** Keeps the compiler from removing work whose result is not used. */
let used: unknown
function use(value: unknown): void {
  used = value
}
export const lastUsed = () => used
