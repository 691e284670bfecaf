import { formatDuration } from '../cli/duration.ts'
import { quantile } from './bench/statistics.ts'
import {
  OUTAGE_MS,
  type OutageResult,
  type OutageScenario,
  type QueueSnapshot,
  type Snapshot,
  STEP_MS,
  simulateOutage,
} from './outage.ts'

/** `node bin/proof/outage-tables.ts` prints the tables of docs/scale.md about an outage of Braze. */

const MINUTE_MS = 60_000
const CONTRACT = 1_000
const SINGLE = { share: 0.1, perRequest: 1 }
const BULK = { share: 0.25, perRequest: 5_000 }

const scenario = (
  lanes: number,
  [profileWorkers, profileRequests]: readonly [number, number],
  [eventWorkers, eventRequests]: readonly [number, number],
  rest: Partial<Omit<OutageScenario, 'fleet'>> = {},
): OutageScenario => ({
  fleet: {
    lanes,
    queues: {
      profiles: { concurrency: profileWorkers, requestsPerSecond: profileRequests },
      events: { concurrency: eventWorkers, requestsPerSecond: eventRequests },
    },
  },
  events: BULK,
  kind: '503',
  contract: CONTRACT,
  ...rest,
})

/** The outage whose course the page shows. */
export const SHOWN = scenario(80, [40, 350], [40, 400], { events: SINGLE })

/** The fastest to compute, which is compared with the page on every run of the tests. */
export const FASTEST = scenario(80, [80, 600], [40, 300])

/** All settings of the page, in its order. */
export const SCENARIOS: readonly OutageScenario[] = [
  SHOWN,
  scenario(40, [40, 160], [40, 150]),
  scenario(80, [80, 320], [40, 150]),
  FASTEST,
  { ...FASTEST, contract: 400 },
  { ...FASTEST, kind: 'timeout' },
]

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const head = (names: readonly string[]) => [row(names), row(names.map(() => '---'))]

export const COURSE_HEAD = head([
  'minute',
  'profile rows waiting',
  'oldest',
  'events waiting',
  'oldest',
  'requests a second',
  'events p50',
  'events p99',
])

/** One row for each ten minutes, at the reduced scale. */
export const courseRows = ({ snapshots }: OutageResult): string[] => snapshots.map(courseRow)

function courseRow({ atMs, requests, queues: { profiles, events } }: Snapshot): string {
  return row([
    String(atMs / MINUTE_MS),
    ...waiting(profiles),
    ...waiting(events),
    ((1_000 * requests) / STEP_MS).toFixed(1),
    latency(events, 0.5),
    latency(events, 0.99),
  ])
}

const waiting = ({ rows, ageMs }: QueueSnapshot) => [rows.toLocaleString('en'), formatDuration(ageMs)]

function latency({ latenciesMs }: QueueSnapshot, share: number): string {
  if (latenciesMs.length === 0) return '–'
  const ms = quantile(latenciesMs, share)
  return ms < MINUTE_MS ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms)
}

export const SETTINGS_HEAD = head([
  'lanes',
  'profiles',
  'events',
  'events come',
  'contract',
  'Braze',
  'profiles drained after',
  'events drained after',
  'requests during the outage',
])

/** The cells of a scenario, which also name it. */
export function settingsCells({ fleet, events, contract, kind }: OutageScenario): string[] {
  const pace = ({ concurrency, requestsPerSecond }: { concurrency: number; requestsPerSecond: number }) =>
    `${concurrency}, ${requestsPerSecond}`
  return [
    String(fleet.lanes),
    pace(fleet.queues.profiles),
    pace(fleet.queues.events),
    events.perRequest === 1 ? 'one by one' : 'in bulk',
    contract.toLocaleString('en'),
    kind === '503' ? '503' : 'no answer',
  ]
}

export const settingsRow = (
  scenario: OutageScenario,
  { drainedMs, requestsDuringOutage }: OutageResult,
): string =>
  row([
    ...settingsCells(scenario),
    drained(drainedMs.profiles),
    drained(drainedMs.events),
    requestsDuringOutage.toLocaleString('en'),
  ])

const drained = (ms: number | undefined) => (ms === undefined ? 'never' : formatDuration(ms - OUTAGE_MS))

async function printTables(): Promise<void> {
  const settings: string[] = []
  for (const one of SCENARIOS) {
    const result = await simulateOutage(one)
    if (one === SHOWN) console.log([...COURSE_HEAD, ...courseRows(result), ''].join('\n'))
    settings.push(settingsRow(one, result))
    console.error(
      `received at most ${result.mostReceives} times, ${result.deadLetters} dead letters: ${settings.at(-1)}`,
    )
  }
  console.log([...SETTINGS_HEAD, ...settings].join('\n'))
}

if (import.meta.main) await printTables()
