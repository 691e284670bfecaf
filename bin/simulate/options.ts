import { parseArgs } from 'node:util'
import { parseDuration } from '../cli/duration.ts'
import { parseProblem } from '../ops/parse-problem.ts'
import { OUTAGE_KINDS } from './braze.ts'
import { type FleetChanges, readFleet } from './read-fleet.ts'
import type { OutageScenario } from './simulate.ts'

export type ReadSimulateOptions =
  | { kind: 'options'; scenario: OutageScenario }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `npm run simulate`. @param bridge the value of `context.bridge` in cdk.json. */
export function readSimulateOptions(argv: readonly string[], bridge: unknown): ReadSimulateOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  if (read.values.help) return { kind: 'help' }
  try {
    return { kind: 'options', scenario: scenarioOf(read.values, bridge) }
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'wrong', problem: error.message }
    throw error
  }
}

/** Its message says in one sentence what is wrong with the command line. */
class UsageError extends Error {}

const text = { type: 'string' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        'rows-per-day': { ...text, default: '1e9' },
        'event-share': { ...text, default: '0.1' },
        'rows-per-request': { ...text, default: '5000' },
        'events-per-request': { ...text, default: '1' },
        outage: { ...text, default: '1h' },
        'outage-kind': { ...text, default: '503' },
        stage: { ...text, default: 'prod' },
        lanes: text,
        profiles: text,
        events: text,
        'braze-limit': { ...text, default: '1000' },
        watch: { ...text, default: '6h' },
        step: { ...text, default: '10m' },
        seed: { ...text, default: '1' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

type Values = Exclude<ReturnType<typeof parse>, { problem: string }>['values']

const SECONDS_PER_DAY = 86_400

/** The window of data-point contracts, which allow 3,000 requests in 3 seconds (Braze, "API rate limits"). */
const LIMIT_SECONDS = 3

const CALM_MS = 10 * 60_000

function scenarioOf(values: Values, bridge: unknown): OutageScenario {
  const rowsPerDay = number(values, 'rows-per-day', { least: 1, most: 1e10 })
  const eventShare = number(values, 'event-share', { least: 0, most: 1 })
  const perSecond = number(values, 'braze-limit', { least: 1, most: 1e6 })
  const kind = OUTAGE_KINDS.find((name) => name === values['outage-kind'])
  if (!kind) throw new UsageError(`--outage-kind is ${OUTAGE_KINDS.join(' or ')}.`)
  const stepMs = duration(values, 'step')
  return {
    fleet: fleetOf(values, bridge),
    load: {
      rowsPerDay,
      eventsPerSecond: (rowsPerDay * eventShare) / SECONDS_PER_DAY,
      rowsPerRequest: number(values, 'rows-per-request', { least: 1, most: 100_000, isWhole: true }),
      eventsPerRequest: number(values, 'events-per-request', { least: 1, most: 100_000, isWhole: true }),
    },
    limit: { requests: Math.round(perSecond * LIMIT_SECONDS), seconds: LIMIT_SECONDS },
    outage: { kind, forMs: duration(values, 'outage') },
    calmMs: Math.ceil(CALM_MS / stepMs) * stepMs,
    watchMs: duration(values, 'watch'),
    stepMs,
    seed: number(values, 'seed', { least: 0, most: 2 ** 31, isWhole: true }),
  }
}

function fleetOf(values: Values, bridge: unknown): OutageScenario['fleet'] {
  const changes: FleetChanges = {
    ...(values.lanes !== undefined && {
      lanes: number(values, 'lanes', { least: 1, most: 1_000, isWhole: true }),
    }),
    queues: {
      ...(values.profiles !== undefined && { profiles: pace(values, 'profiles') }),
      ...(values.events !== undefined && { events: pace(values, 'events') }),
    },
  }
  const read = readFleet(bridge, values.stage, changes)
  if ('problem' in read) throw new UsageError(`${read.problem}.`)
  return read.fleet
}

type Bounds = { least: number; most: number; isWhole?: boolean }

function number(values: Values, name: keyof Values, { least, most, isWhole = false }: Bounds): number {
  const typed = String(values[name])
  const value = /^\d+(\.\d+)?(e\d+)?$/.test(typed) ? Number(typed) : Number.NaN
  if (value >= least && value <= most && !(isWhole && !Number.isInteger(value))) return value
  throw new UsageError(`--${name} is a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`)
}

function duration(values: Values, name: 'outage' | 'watch' | 'step'): number {
  const ms = parseDuration(values[name])
  if (ms) return ms
  throw new UsageError(`--${name} is a number with m, h or d behind it, more than 0: 10m, 1h, 2d.`)
}

function pace(values: Values, name: 'profiles' | 'events') {
  const [, concurrency, requestsPerSecond] = /^([1-9]\d{0,3}),([1-9]\d{0,5})$/.exec(values[name] ?? '') ?? []
  if (concurrency !== undefined && requestsPerSecond !== undefined)
    return { concurrency: Number(concurrency), requestsPerSecond: Number(requestsPerSecond) }
  throw new UsageError(`--${name} is concurrency and requests a second: 32,300.`)
}
