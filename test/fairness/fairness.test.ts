import { afterAll, describe, expect, test } from 'vitest'
import { LONG } from '../long.ts'
import { type FairnessOutcome, type FairnessPlan, runBridge } from './bridge.ts'
import { type Defect, MORE_DEFECTS, TEN_DEFECTS } from './defects.ts'
import { expectFair } from './expect-fair.ts'
import { type FairnessFigures, figuresOf, tableOf } from './figures.ts'
import { mixedTraffic, trafficOf } from './traffic.ts'

/**
 * One row in 75 is bad, which puts one into each full request to Braze: 133 of 10,000 rows. Each of ten
 * defects runs through the real `receive` and `work`, in virtual time. Whatever the defect, those 133 rows
 * must be parked once, with a fitting reason, and the other 9,867 must be delivered. The cost of the culprits
 * is printed as a table.
 */
const CULPRITS = 133

/**
 * The number of extra requests that each culprit may cost. 75 objects are halved seven times, and both halves
 * are sent each time. Culprits in the same request share its first steps, so the mean is lower. Before a lone
 * object is blamed for a 400, Braze must accept a probe and reject the object again.
 */
const NONE = 0
const A_FEW_TOGETHER = 1
const BY_HALVES = 2 * 7 + 2

/**
 * After a 5xx, the worker also probes at each step whether Braze is up. Four receives come before the search,
 * and a probe before events that were received so often. After it come one more probe and one more try of the
 * object alone.
 */
const BY_HALVES_OF_FAILURES = 3 * 7 + 4 + 1 + 2

/** How much later than in the clean run the last good row may arrive, in seconds. */
const AT_ONCE = 2

/** Each batch with culprits needs a few more requests. */
const SOON = 10

/**
 * The time that the extra requests take at ten a second, and a wait for the next turn of lanes that got none in
 * an invocation.
 */
const AS_THEY_GO = 250

/**
 * Four backoffs come before the search, and a lane that gets no turn in an invocation waits for the next one.
 */
const AFTER_WAITS = 15 * 60

const LIMITS: { readonly [defect: string]: { extra: number; later: number } } = {
  'names no person': { extra: NONE, later: AT_ONCE },
  'unknown operation': { extra: NONE, later: AT_ONCE },
  'event at an unreadable time': { extra: NONE, later: AT_ONCE },
  'attribute with a text over 255 characters': { extra: NONE, later: AT_ONCE },
  'event property beginning with $': { extra: NONE, later: AT_ONCE },
  'rejected by its index': { extra: NONE, later: AT_ONCE },
  'rejected, one of five rows in an object': { extra: A_FEW_TOGETHER, later: SOON },
  'rejected without an index': { extra: BY_HALVES, later: AS_THEY_GO },
  'refused with its whole request, 400': { extra: BY_HALVES, later: AS_THEY_GO },
  'fails with its whole request, 500': { extra: BY_HALVES_OF_FAILURES, later: AFTER_WAITS },
  'refused with its whole request, 413': { extra: BY_HALVES, later: AS_THEY_GO },
  'event fails with its whole request, 500': { extra: BY_HALVES_OF_FAILURES, later: AFTER_WAITS },
}

/** For each defect that needs a search, the number of a request to Braze in the middle of the search. */
const MID_SEARCH: { readonly [defect: string]: number } = {
  'rejected, one of five rows in an object': 30,
  'rejected without an index': 900,
  'refused with its whole request, 400': 920,
  'fails with its whole request, 500': 900,
  'refused with its whole request, 413': 900,
  'event fails with its whole request, 500': 900,
}

/** The short form cuts off one search of each kind of row. */
const isInThisForm = ({ name }: Defect) =>
  LONG || name === 'fails with its whole request, 500' || name === 'refused with its whole request, 400'

const HOUR_MS = 3_600_000

const DEFECTS = [...TEN_DEFECTS, ...MORE_DEFECTS]

/** Defects of the same kind and with the same rows per person share a clean run. */
const cleanRuns = new Map<string, Promise<FairnessOutcome>>()
function cleanRun(defect: Defect): Promise<FairnessOutcome> {
  const name = `${defect.kind} ${defect.rowsPerPerson}`
  const run = cleanRuns.get(name) ?? runBridge(trafficOf(defect, { clean: true }))
  cleanRuns.set(name, run)
  return run
}

const table: FairnessFigures[] = []
afterAll(() => console.log(`\n${tableOf(table)}`))

describe('one row in 75 is bad: it alone is parked', () => {
  test.each(DEFECTS)('$name', async (defect) => {
    const clean = await cleanRun(defect)
    const { sent, ...plan } = trafficOf(defect)
    const outcome = await runBridge(plan)
    expect(outcome.deadLetters).toHaveLength(CULPRITS)
    expectFair(outcome, sent)
    const figures = figuresOf(defect.name, clean, outcome)
    table.push(figures)
    const limits = LIMITS[defect.name]
    expect(figures.doubled).toBe(0)
    expect(figures.extra).toBeLessThanOrEqual(limits?.extra ?? Number.NaN)
    expect(figures.last - figures.lastClean).toBeLessThanOrEqual(limits?.later ?? Number.NaN)
  })

  test('in all ten ways in turn', async () => {
    const clean = await runBridge(mixedTraffic(TEN_DEFECTS, { clean: true }))
    const { sent, ...plan } = mixedTraffic(TEN_DEFECTS)
    const outcome = await runBridge(plan)
    expect(outcome.deadLetters).toHaveLength(CULPRITS)
    expectFair(outcome, sent)
    table.push(figuresOf('all ten in turn', clean, outcome))
  })
})

describe('it alone is parked, also when an outage of an hour cuts the search off', () => {
  const searched = DEFECTS.filter(({ name }) => name in MID_SEARCH).filter(isInThisForm)
  const planOf = (defect: Defect): FairnessPlan => ({
    ...trafficOf(defect),
    outageAtRequest: MID_SEARCH[defect.name] ?? 0,
  })

  test.each(searched)('$name', async (defect) => {
    const outcome = await runBridge(planOf(defect))
    expect(outcome.quietMs).toBeGreaterThan(HOUR_MS)
    expect(outcome.deliveredBeforeReturn.size).toBeGreaterThan(0)
    expect(outcome.deadLetters).toHaveLength(CULPRITS)
    expectFair(outcome, trafficOf(defect).sent)
  })

  const events = searched.filter(({ kind }) => kind === 'event')
  test.each(events)('$name: the same environment doubles no event', async (defect) => {
    const outcome = await runBridge({ ...planOf(defect), environments: 1 })
    expect(outcome.deliveredBeforeReturn.size).toBeGreaterThan(0)
    expect(outcome.braze.events()).toHaveLength(9_867)
    expectFair(outcome, trafficOf(defect).sent)
  })
})
