import { parseArgs } from 'node:util'
import { parseProblem } from '../ops/parse-problem.ts'
import type { Assumptions } from './bill.ts'
import type { Shapes } from './shapes.ts'
import type { Usage } from './usage.ts'

export type CostOptions = {
  /** Of the bench. */
  shape: string
  usage: Usage
  rowsPerMonth: number
  assumptions: Assumptions
  /** The tables of docs/scale.md instead of one bill. */
  tables: boolean
}

export type ReadCostOptions =
  | { kind: 'options'; options: CostOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Of a month; of a request. */
const DEFAULT_ROWS = '1e8'
const DEFAULT_PER_REQUEST = '5000'

export const ASSUMED: Assumptions = { brazeMs: 100, memoryMb: 512, tracing: false }

/** What Lambda takes, in MB (AWS Lambda developer guide, "Quotas"). */
const MEMORY_MB = { least: 128, most: 10_240 }

/** The worker gives Braze up after so long, in milliseconds. */
const MOST_BRAZE_MS = 8_000

/**
 * Reads the command line of `npm run cost`.
 * @param shapes those that were measured; what lies between two of them is not guessed.
 */
export function readCostOptions(argv: readonly string[], shapes: Shapes): ReadCostOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const shape = shapeOf(values, shapes)
  if ('problem' in shape) return { kind: 'wrong', problem: shape.problem }
  const rowsPerMonth = numberIn(values.rows ?? DEFAULT_ROWS, 0, Number.MAX_SAFE_INTEGER)
  if (rowsPerMonth === undefined) return { kind: 'wrong', problem: '--rows is a number: 1e9, 250000.' }
  const brazeMs = numberIn(values['braze-latency'] ?? String(ASSUMED.brazeMs), 1, MOST_BRAZE_MS)
  if (brazeMs === undefined)
    return { kind: 'wrong', problem: `--braze-latency is 1 to ${MOST_BRAZE_MS} milliseconds.` }
  const memoryMb = numberIn(values.memory ?? String(ASSUMED.memoryMb), MEMORY_MB.least, MEMORY_MB.most)
  if (memoryMb === undefined)
    return { kind: 'wrong', problem: `--memory is ${MEMORY_MB.least} to ${MEMORY_MB.most} MB.` }
  const { tables = false, tracing = ASSUMED.tracing } = values
  const assumptions = { brazeMs, memoryMb, tracing }
  return { kind: 'options', options: { ...shape, rowsPerMonth, assumptions, tables } }
}

type Given = { 'per-request'?: string | undefined; single?: string | undefined; stream?: boolean | undefined }

function shapeOf(given: Given, shapes: Shapes): Pick<CostOptions, 'shape' | 'usage'> | { problem: string } {
  const { single, stream } = given
  const perRequest = given['per-request']
  if ([perRequest, single, stream].filter((value) => value !== undefined).length > 1)
    return { problem: 'Choose one of --per-request, --single and --stream.' }
  const [kind, number] =
    single === undefined ? ['bulk', perRequest ?? DEFAULT_PER_REQUEST] : ['single', single]
  const shape = stream ? 'stream' : `${kind} ${Number(number)}`
  const usage = shapes.get(shape)
  if (usage) return { shape, usage }
  return { problem: `${number} was not measured: ${measuredOf(kind, shapes)} were.` }
}

/** In words. */
const measuredOf = (kind: string, shapes: Shapes) =>
  [...shapes.keys()]
    .filter((shape) => shape.startsWith(`${kind} `))
    .map((shape) => shape.slice(kind.length + 1))
    .join(', ')

function numberIn(text: string, least: number, most: number): number | undefined {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  return number >= least && number <= most ? number : undefined
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rows: text,
        'per-request': text,
        single: text,
        stream: flag,
        'braze-latency': text,
        memory: text,
        tracing: flag,
        tables: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

/** @param shapes those that were measured. */
export const helpOn = (shapes: Shapes) => `npm run cost -- [options]

What AWS bills for the bridge, by service: for a million rows and a month of 30 days, in US dollars. Reckoned from what
the bench has measured and from AWS's price lists of us-east-1; docs/scale.md says how, and what is left out. Asks
nobody and needs no AWS.

How the rows come
  --rows <number>          in a month (${DEFAULT_ROWS})
  --per-request <number>   so many in each request: ${measuredOf('bulk', shapes)} (${DEFAULT_PER_REQUEST})
  --single <number>        events one by one, so many a second: ${measuredOf('single', shapes)}
  --stream                 11,574 a second without pause, a billion a day, with settings made for it

What is assumed
  --braze-latency <ms>     what Braze takes for an answer (${ASSUMED.brazeMs})
  --memory <MB>            of receiver and worker (${ASSUMED.memoryMb})
  --tracing                tracing of cdk.json is true

  --tables                 the tables of docs/scale.md instead, all with the defaults
  --help                   shows this

Ends with 0, or 2 if the command line is wrong.`
