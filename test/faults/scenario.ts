import * as fc from 'fast-check'
import type { ScriptStep } from '../../bin/local/braze/script.ts'

/** The start is 30 seconds before a full hour, so that runs meet waits that end on the hour. */
export const START = Date.parse('2026-11-20T06:59:30Z')

/** In milliseconds. */
export const MINUTE = 60_000

/**
 * Everything that is sent and everything that breaks in one run. It is plain data, so a failing run can be
 * printed.
 */
export type FaultScenario = {
  /** Seeds jitter and every choice that AWS leaves open. */
  seed: number
  lanes: number
  /**
   * Whether one receive may return several messages of a group, as in AWS; the local emulator returns one.
   */
  severalPerGroup: boolean
  /** The number of concurrent worker invocations per queue. */
  concurrency: number
  requests: SentRequest[]
  /** The fault that hits the nth request to Braze. */
  brazeFaults: { nth: number; fault: BrazeFault }[]
  /**
   * What Braze always does with the objects of one user, whoever else is in the request, and whether there is
   * a user whose objects kill the worker.
   */
  fates: { failing: Failing | undefined; deadly: boolean }
  /**
   * The number of requests that Braze accepts in each clock hour, and the headers in which it states the
   * wait.
   */
  budget: { perHour: number; dialect: (typeof DIALECTS)[number] } | undefined
  /** What Braze answers during an outage, to all requests or to those with objects of one kind. */
  outage:
    | {
        from: number
        minutes: number
        answer: (typeof OUTAGES)[number]
        of: 'everything' | 'attributes' | 'events'
      }
    | undefined
  /** The minute from which Braze accepts only the new key, and how many minutes later the secret holds it. */
  rotation: { from: number; secretLater: number } | undefined
  /** A window without a usable Braze secret. */
  secretTrouble:
    | { from: number; minutes: number; missing: 'BRAZE_SECRET_UNREADABLE' | 'BRAZE_SECRET_PLACEHOLDER' }
    | undefined
  /** From the nth on, `times` calls of SendMessageBatch fail: the whole batch, or only its last entry. */
  queueFaults: { nth: number; times: number; whole: boolean }[]
  /** The same for calls to a dead-letter queue, which are counted on their own. */
  parkingFaults: { nth: number; times: number; whole: boolean }[]
  /** The fault that hits the nth batch that SQS hands to Lambda. */
  deliveries: { nth: number; fault: Delivery }[]
  /** The worker dies before or after the nth of its effects, counted over all invocations. */
  kills: { nth: number; after: boolean }[]
  /** The receiver dies after its nth SendMessageBatch, counted over all requests. */
  receiverKills: number[]
  /** How Braze's answer identifies the objects that it rejects. */
  indexes: 'right' | 'missing' | 'twice' | 'out of range'
}

/**
 * A batch may reach no worker, start late (as when Lambda is throttled), or not be deleted at its end. In
 * each case SQS hands out its messages again when their visibility timeout is over.
 */
export type Delivery = 'never starts' | 'is not deleted' | { startsAfterSeconds: number }

/** Returns the scenario without its faults, as an operator fixes the causes before a redrive. */
export const withoutFaults = (scenario: FaultScenario): FaultScenario => ({
  ...scenario,
  brazeFaults: [],
  fates: { failing: undefined, deadly: false },
  budget: undefined,
  outage: undefined,
  secretTrouble: undefined,
  queueFaults: [],
  parkingFaults: [],
  deliveries: [],
  kills: [],
  receiverKills: [],
})

/** A status from 400 to 599, no answer in time, a broken connection, or a 200 that confirms nothing. */
export type Failing = number | 'timeout' | 'reset' | 'unconfirmed'

/** A status, with what Braze typically says; or a status with a page of a proxy. */
const OUTAGES = [400, 401, 403, 404, 429, 500, 503, '200 page', '400 page'] as const

export type SentRequest = {
  /** Seconds after the previous request. */
  after: number
  path: '/v1/activations' | '/v1/events' | '/v1/records' | '/users/track'
  rows: ScenarioRow[]
  idempotencyKey: boolean
  /** Sends the same again `after` seconds later: the same bytes, or the same rows in two requests. */
  again: { after: number; halves: boolean } | undefined
}

export type ScenarioRow =
  | { kind: 'join' | 'leave'; user: number; audience: number }
  | { kind: 'attribute'; user: number; name: number }
  | { kind: 'event' | 'purchase' | 'increment'; user: number }
  | { kind: 'bad'; how: 'no id' | 'bad op' | 'long text'; user: number }

type BrazeFault = ScriptStep

/** Braze rejects the objects of the first user, and each whole request that holds an object of the second. */
export const REJECTED_USER = 20
export const POISON_USER = 21

/** These users fail only if the scenario's `fates` say so. */
export const FAILING_USER = 22
export const DEADLY_USER = 23

const user = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 19 }) },
  { weight: 1, arbitrary: fc.constantFrom(REJECTED_USER, POISON_USER, FAILING_USER, DEADLY_USER) },
)

const row: fc.Arbitrary<ScenarioRow> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('join' as const, 'leave' as const),
      user,
      audience: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('attribute' as const),
      user,
      name: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('event' as const), user }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('increment' as const, 'purchase' as const), user }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bad' as const),
      how: fc.constantFrom('no id' as const, 'bad op' as const, 'long text' as const),
      user: fc.integer({ min: 1, max: 19 }),
    }),
  },
)

/** Most requests are small, some have hundreds of rows, and a few have thousands. */
const rows = fc.oneof(
  { weight: 30, arbitrary: fc.array(row, { minLength: 1, maxLength: 20, size: 'max' }) },
  { weight: 3, arbitrary: fc.array(row, { minLength: 100, maxLength: 400, size: 'max' }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.array(row, { minLength: 20, maxLength: 50, size: 'max' }), fc.integer({ min: 10, max: 100 }))
      .map(([some, times]) => Array.from({ length: times }, () => some).flat()),
  },
)

const request: fc.Arbitrary<SentRequest> = fc.record({
  after: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.constant(400)),
  path: fc.constantFrom('/v1/activations', '/v1/events', '/v1/records', '/users/track'),
  rows,
  idempotencyKey: fc.boolean(),
  again: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc.record({ after: fc.constantFrom(1, 60, 290, 400), halves: fc.boolean() }),
    },
  ),
})

const delayMs = fc.constantFrom(0, 300, 7_000, 12_000)
const DIALECTS = [
  'x-ratelimit-retry-after',
  'retry-after',
  'x-ratelimit-reset epoch',
  'x-ratelimit-reset seconds',
  'none',
] as const

const brazeFault: fc.Arbitrary<BrazeFault> = fc.oneof(
  fc.record({
    do: fc.constant('answer' as const),
    status: fc.constantFrom(202, 400, 401, 403, 404, 409, 413, 415, 422, 500, 502, 503, 504),
    delayMs,
  }),
  fc.record({
    do: fc.constant('answer' as const),
    status: fc.constant(201),
    body: fc.constantFrom('<html>', '', '{}', '{"message":"failure"}', '{"message":"success","errors":null}'),
    delayMs,
  }),
  fc.record({
    do: fc.constant('answer' as const),
    status: fc.constant(400),
    body: fc.constantFrom('<html>', '{"message":"Invalid API Key"}', '{"message":"Invalid whitelisted IPs"}'),
    delayMs,
  }),
  fc.record({
    do: fc.constant('rate limit' as const),
    dialect: fc.constantFrom(...DIALECTS),
    seconds: fc.constantFrom(0, 2, 15, 1_800),
    delayMs,
  }),
  fc.record({ do: fc.constant('reset' as const), apply: fc.boolean(), delayMs }),
  fc.record({ do: fc.constant('delay' as const), delayMs: fc.constantFrom(200, 7_900, 12_000) }),
)

const nth = fc.integer({ min: 0, max: 60 })
const few = fc.integer({ min: 0, max: 12 })
const DAY = 24 * 60
const minutes = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(1, 30, DAY, 3 * DAY) },
  { weight: 1, arbitrary: fc.constant(13 * DAY) },
)

const sendFaults = fc.array(fc.record({ nth, times: fc.constantFrom(1, 1, 4, 12), whole: fc.boolean() }), {
  maxLength: 4,
  size: 'max',
})

/**
 * Adds a kind of fault to one of three or four scenarios, so that each scenario has some kinds and not all.
 */
function seldom<Usual, Seldom>(usual: Usual, arbitrary: fc.Arbitrary<Seldom>): fc.Arbitrary<Usual | Seldom> {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary })
}

const oneIn = (many: number) => fc.integer({ min: 1, max: many }).map((drawn) => drawn === many)

export const scenarios: fc.Arbitrary<FaultScenario> = fc.record({
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  lanes: fc.constantFrom(1, 2, 3, 16),
  severalPerGroup: fc.boolean(),
  concurrency: fc.constantFrom(1, 2),
  requests: fc.array(request, { minLength: 1, maxLength: 12, size: 'max' }),
  brazeFaults: fc.array(fc.record({ nth, fault: brazeFault }), { maxLength: 8, size: 'max' }),
  fates: fc.record({
    failing: fc.oneof(
      { weight: 5, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ min: 400, max: 599 }) },
      { weight: 1, arbitrary: fc.constantFrom('timeout' as const, 'reset' as const, 'unconfirmed' as const) },
    ),
    deadly: oneIn(10),
  }),
  budget: seldom(
    undefined,
    fc.record({ perHour: fc.constantFrom(100, 1_000), dialect: fc.constantFrom(...DIALECTS) }),
  ),
  outage: fc.option(
    fc.record({
      from: fc.integer({ min: 0, max: 5 }),
      minutes,
      answer: fc.constantFrom(...OUTAGES),
      of: fc.constantFrom(
        'everything' as const,
        'everything' as const,
        'attributes' as const,
        'events' as const,
      ),
    }),
    { nil: undefined, freq: 2 },
  ),
  rotation: seldom(
    undefined,
    fc.record({ from: fc.integer({ min: 0, max: 5 }), secretLater: fc.constantFrom(-3, 0, 10) }),
  ),
  secretTrouble: fc.option(
    fc.record({
      from: fc.integer({ min: 0, max: 5 }),
      minutes,
      missing: fc.constantFrom('BRAZE_SECRET_UNREADABLE' as const, 'BRAZE_SECRET_PLACEHOLDER' as const),
    }),
    { nil: undefined, freq: 1 },
  ),
  queueFaults: sendFaults,
  parkingFaults: seldom(
    [],
    fc.array(fc.record({ nth: few, times: fc.constantFrom(1, 5, 40), whole: fc.boolean() }), {
      maxLength: 2,
      size: 'max',
    }),
  ),
  deliveries: seldom(
    [],
    fc.array(
      fc.record({
        nth: few,
        fault: fc.oneof(
          fc.constantFrom('never starts' as const, 'is not deleted' as const),
          fc.record({ startsAfterSeconds: fc.constantFrom(60, 280, 325, 350, 359) }),
        ),
      }),
      { maxLength: 3, size: 'max' },
    ),
  ),
  kills: seldom(
    [],
    fc.array(fc.record({ nth: fc.integer({ min: 0, max: 200 }), after: fc.boolean() }), {
      maxLength: 3,
      size: 'max',
    }),
  ),
  receiverKills: seldom([], fc.array(nth, { maxLength: 2, size: 'max' })),
  indexes: fc.constantFrom('right', 'right', 'missing', 'twice', 'out of range'),
})
