import { SUCCESS_ANSWER } from '../braze.ts'
import type { Figure, Options } from './figure.ts'
import { deliverAll, receiveAll } from './pipeline.ts'
import { requestsOf, type Workload, workload } from './workload.ts'

const ROWS_PER_REQUEST = 5_000
const BULK = 1_000_000
const FEW = 100_000

/** The number of objects that one request to Braze takes. */
const OBJECTS = 75

const MERGED = 10_000
const REPEATED = 0.8

/** Measures how full the requests to Braze are in bulk, and how many writes merging saves. */
export async function requests({ short, seed }: Options): Promise<Figure[]> {
  const bulk = await deliver(workload(short ? FEW : BULK, { seed, repeats: 0.2 }))
  const repeated = workload(MERGED, { seed, repeats: REPEATED })
  const merged = await deliver(repeated)
  const { all, last } = writesOf(repeated)
  return [
    {
      name: `requests full, of ${(short ? FEW : BULK).toLocaleString('en')} rows in bulk`,
      value: (100 * bulk.objects) / (OBJECTS * bulk.requests),
      unit: '%',
      target: { least: 92 },
      isRelative: true,
    },
    {
      name: 'requests for 10,000 records in bulk',
      value: (10_000 * bulk.requests) / bulk.records,
      unit: '',
      // The floor is the number of full requests for the objects that are left after merging.
      floor: Math.ceil((10_000 * bulk.objects) / bulk.records / OBJECTS),
    },
    {
      name: 'attribute writes saved by merging, of 10,000 records, four fifths for users seen before',
      value: 100 * (1 - merged.writes / all),
      unit: '%',
      target: { least: 38 },
      isRelative: true,
    },
    {
      name: 'the same, if the whole input were merged at once',
      value: 100 * (1 - last / all),
      unit: '%',
    },
  ]
}

/**
 * @returns the number of values that the rows write, and how many are left if only the last one of each kind
 * counts.
 */
function writesOf({ profiles }: Workload): { all: number; last: number } {
  const kinds = profiles.flatMap(({ external_id, audience_id, split_id, op, ...attributes }) => [
    ...Object.keys(attributes).map((name) => `${external_id} ${name}`),
    ...(op === undefined ? [] : [`${external_id} AIQ_${audience_id}_${split_id}`]),
  ])
  return { all: kinds.length, last: new Set(kinds).size }
}

async function deliver(rows: Workload) {
  const counted = {
    requests: 0,
    objects: 0,
    writes: 0,
    records: rows.profiles.length + rows.events.length,
  }
  const { messages } = await receiveAll(requestsOf(rows, ROWS_PER_REQUEST))
  await deliverAll(messages, (body) => {
    const { attributes = [], events = [] }: { attributes?: object[]; events?: object[] } = JSON.parse(body)
    counted.requests += 1
    counted.objects += attributes.length + events.length
    // One field of each object is its identifier; the others are writes.
    for (const object of attributes) counted.writes += Object.keys(object).length - 1
    return SUCCESS_ANSWER
  })
  return counted
}
