import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { SUCCESS_ANSWER } from '../braze.ts'
import { seededRandom } from '../random.ts'
import type { Figure, Options } from './figure.ts'
import { type BrazeStub, deliverAll, receiveAll } from './pipeline.ts'
import { median } from './statistics.ts'
import { requestsOf, workload } from './workload.ts'

const RECORDS = 10_000
const ROWS_PER_REQUEST = 5_000
const RUNS = 25
const FEW_RUNS = 5

/** Braze rejects the objects of one person in a hundred. */
const isBad = (object: { external_id?: string }) => Number(object.external_id?.slice(5)) % 100 === 7

type Body = { attributes?: { external_id?: string }[]; events?: { external_id?: string }[] }
const arraysOf = (body: string) => {
  const { attributes = [], events = [] }: Body = JSON.parse(body)
  return { attributes, events }
}

const answer = (status: number, body: object, headers: Record<string, string> = {}): BrazeAnswer => ({
  kind: 'answer',
  status,
  headers,
  body: JSON.stringify(body),
})

type IsBad = typeof isBad
const noneIsBad: IsBad = () => false

/** Answers 201, with an error for each bad object. */
const byObject =
  (isBad: IsBad): BrazeStub =>
  (body) => {
    const arrays = arraysOf(body)
    const errors = (['attributes', 'events'] as const).flatMap((input_array) =>
      arrays[input_array].flatMap((object, index) =>
        isBad(object) ? [{ type: 'bad', input_array, index }] : [],
      ),
    )
    return errors.length === 0 ? SUCCESS_ANSWER : answer(201, { message: 'success', errors })
  }

/** Answers 400 to every request that holds a bad object. */
const byRequest =
  (isBad: IsBad): BrazeStub =>
  (body) => {
    const { attributes, events } = arraysOf(body)
    return [...attributes, ...events].some(isBad) ? answer(400, { message: 'bad' }) : SUCCESS_ANSWER
  }

const sometimes =
  (share: number, next: () => number, failure: BrazeAnswer): BrazeStub =>
  () =>
    next() < share ? failure : SUCCESS_ANSWER

/**
 * Compares the number of requests with and without faults at Braze. Extra requests matter because Braze's
 * rate limit bounds the throughput.
 */
export async function faults({ short, seed }: Options): Promise<Figure[]> {
  const { messages } = await receiveAll(
    requestsOf(workload(RECORDS, { seed, repeats: 0.2 }), ROWS_PER_REQUEST),
  )
  const runs = short ? FEW_RUNS : RUNS
  const countRequests = async (braze: BrazeStub) => {
    let requests = 0
    await deliverAll(messages, (body) => {
      requests += 1
      return braze(body)
    })
    return requests
  }
  const takesAll = () => SUCCESS_ANSWER
  const next = seededRandom(seed)
  // Each is compared with the same stub without its fault, so that the work of the stub itself is left out.
  const failureModes: [name: string, braze: BrazeStub, clean: BrazeStub, least?: number][] = [
    ['1 % of people refused by a verdict each', byObject(isBad), byObject(noneIsBad), 80],
    ['1 % of people refusing their whole request', byRequest(isBad), byRequest(noneIsBad)],
    ['5 % answered 429', sometimes(0.05, next, answer(429, {}, { 'retry-after': '1' })), takesAll],
    ['one in ten answered 503', sometimes(0.1, next, answer(503, {})), takesAll],
  ]
  const figures: Figure[] = []
  for (const [name, braze, clean, least] of failureModes) {
    const ratios: number[] = []
    for (let run = 0; run < runs; run++) {
      ratios.push((await countRequests(clean)) / (await countRequests(braze)))
    }
    figures.push({
      name: `${name}: records a request, of the clean ones`,
      value: 100 * median(ratios),
      unit: '%',
      ...(least !== undefined && { target: { least }, isRelative: true }),
    })
  }
  return figures
}
