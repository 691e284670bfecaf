import { parseArgs } from 'node:util'
import { REQUEST_TIMEOUT_MS } from '../../functions/shared/braze.edge.ts'
import { parseProblem } from '../ops/parse-problem.ts'
import type { Assumptions } from './bill.ts'
import { MONTH_SECONDS } from './month.ts'
import type { Shapes, Usage } from './usage.ts'

export type CostOptions = {
  /** The name of a shape that the bench has measured. */
  shape: string
  usage: Usage
  rowsPerMonth: number
  assumptions: Assumptions
  /** Whether to print the tables of docs/scale.md instead of one bill. */
  tables: boolean
}

export type ReadCostOptions =
  | { kind: 'options'; options: CostOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** The default rows per month in bulk, and the default rows per request. */
const DEFAULT_ROWS = 1e8
const DEFAULT_PER_REQUEST = '5000'

/** The most rows per month that `--rows` accepts. A hundred times as many exceed every limit here. */
const MAX_ROWS_PER_MONTH = 1e12

/** The rows per month at a billion a day. */
const STREAM_ROWS = 30e9

export const DEFAULT_ASSUMPTIONS: Assumptions = { brazeMs: 100, memoryMb: 512, tracing: false }

/** The memory that Lambda accepts, in MB (AWS Lambda developer guide, "Quotas"). */
const MEMORY_MB = { least: 128, most: 10_240 }

/**
 * Reads the command line of `npm run cost`.
 * @param shapes the measured shapes. Values between two shapes are not interpolated.
 */
export function readCostOptions(argv: readonly string[], shapes: Shapes): ReadCostOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const { tables = false, tracing = DEFAULT_ASSUMPTIONS.tracing, help: _, ...others } = values
  if (tables && (tracing || Object.keys(others).length > 0))
    return {
      kind: 'wrong',
      problem: '--tables takes no other option: the tables are made with the defaults.',
    }
  const shape = selectShape(values, shapes)
  if ('problem' in shape) return { kind: 'wrong', problem: shape.problem }
  const rowsPerMonth =
    values.rows === undefined
      ? defaultRowsPerMonth(values)
      : parseWholeNumber(values.rows, 0, MAX_ROWS_PER_MONTH)
  if (rowsPerMonth === undefined)
    return { kind: 'wrong', problem: '--rows is a whole number from 0 to 1e12, as 250000 or 1e9.' }
  const brazeMs = parseWholeNumber(
    values['braze-latency'] ?? String(DEFAULT_ASSUMPTIONS.brazeMs),
    1,
    REQUEST_TIMEOUT_MS,
  )
  if (brazeMs === undefined)
    return { kind: 'wrong', problem: `--braze-latency is 1 to ${REQUEST_TIMEOUT_MS} milliseconds.` }
  const memoryMb = parseWholeNumber(
    values.memory ?? String(DEFAULT_ASSUMPTIONS.memoryMb),
    MEMORY_MB.least,
    MEMORY_MB.most,
  )
  if (memoryMb === undefined)
    return { kind: 'wrong', problem: `--memory is ${MEMORY_MB.least} to ${MEMORY_MB.most} MB.` }
  const assumptions = { brazeMs, memoryMb, tracing }
  return { kind: 'options', options: { ...shape, rowsPerMonth, assumptions, tables } }
}

type Given = { 'per-request'?: string | undefined; single?: string | undefined; stream?: boolean | undefined }

function selectShape(
  given: Given,
  shapes: Shapes,
): Pick<CostOptions, 'shape' | 'usage'> | { problem: string } {
  const { single, stream } = given
  const perRequest = given['per-request']
  if ([perRequest, single, stream].filter((value) => value !== undefined).length > 1)
    return { problem: 'Choose one of --per-request, --single and --stream.' }
  const [kind, number] =
    single === undefined ? ['bulk', perRequest ?? DEFAULT_PER_REQUEST] : ['single', single]
  const shape = stream ? 'stream' : `${kind} ${Number(number)}`
  const usage = shapes.get(shape)
  if (usage) return { shape, usage }
  const option = kind === 'bulk' ? '--per-request' : '--single'
  return { problem: `${option} is one of those that were measured: ${listMeasured(kind, shapes)}.` }
}

/** The rows per month at the rate of a shape, or the default for bulk shapes, which have no rate. */
function defaultRowsPerMonth({ single, stream }: Given): number {
  if (stream) return STREAM_ROWS
  return single === undefined ? DEFAULT_ROWS : Number(single) * MONTH_SECONDS
}

/** Lists the measured numbers of a kind of shape, for a message. */
const listMeasured = (kind: string, shapes: Shapes) =>
  [...shapes.keys()]
    .filter((shape) => shape.startsWith(`${kind} `))
    .map((shape) => shape.slice(kind.length + 1))
    .join(', ')

/** Parses a whole number in digits or in scientific notation, such as 1e9. */
function parseWholeNumber(text: string, least: number, most: number): number | undefined {
  const number = /^\d+(\.\d+)?(e\d+)?$/.test(text) ? Number(text) : Number.NaN
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined
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

/** @param shapes the measured shapes. */
export const costHelp = (shapes: Shapes) => `npm run cost -- [options]

What AWS bills for the bridge, by service: for a million rows and a month of 30 days, in US dollars. Reckoned from what
the bench has measured and from AWS's price lists of us-east-1; docs/scale.md says how, and what is left out. Asks
nobody and needs no AWS.

How the rows come
  --rows <number>          in a month (1e8; with --single or --stream what that comes to without a pause)
  --per-request <number>   rows in each request: ${listMeasured('bulk', shapes)} (${DEFAULT_PER_REQUEST})
  --single <number>        events one by one, at this rate a second: ${listMeasured('single', shapes)}
  --stream                 11,574 a second without pause, a billion a day, with settings made for it

What is assumed
  --braze-latency <ms>     what Braze takes for an answer (${DEFAULT_ASSUMPTIONS.brazeMs})
  --memory <MB>            of receiver and worker (${DEFAULT_ASSUMPTIONS.memoryMb})
  --tracing                tracing of cdk.json is true

  --tables                 the tables of docs/scale.md instead, all with the defaults; takes no other option
  --help                   shows this

Ends with 0, or 2 if the command line is wrong.`
