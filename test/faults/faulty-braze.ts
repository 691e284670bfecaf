import type { ScriptStep } from '../../bin/local/braze/script.ts'
import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import { type BrazeSimulator, createBrazeSimulator } from '../../bin/local/braze/simulator.ts'
import { askSimulator, type Braze, type BrazeRequest } from '../../bin/proof/braze.ts'
import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { TRACK_TIMEOUT_MS } from '../../functions/shared/limits.ts'
import { keyAt } from './keys.ts'
import { incrementsIn, userName } from './rows.ts'
import type { Faults, SeenRequest } from './run.ts'
import { FAILING_USER, type Failing, type FaultScenario, POISON_USER, REJECTED_USER } from './scenario.ts'

const LATENCY_MS = 120

const HOUR_SECONDS = 3_600

const FAILING = `external_id:${userName(FAILING_USER)}`

type SentObject = { external_id: string; properties?: { row?: number }; [field: string]: unknown }

/**
 * The outcome of a request. `known` is whether the worker can see from the answer if the request was applied.
 */
type Reply = { answer: BrazeAnswer; applied: boolean; known: boolean; delayMs: number }

/** Creates a Braze that rejects or fails on the scenario's fated users and enforces the scenario's budget. */
export function createFatedBraze(
  { fates, indexes, budget }: FaultScenario,
  now: () => number,
): BrazeSimulator {
  const braze = createBrazeSimulator({
    now,
    settings: budget
      ? {
          trackLimit: { requests: budget.perHour, seconds: HOUR_SECONDS },
          waitDialect: budget.dialect,
        }
      : {},
  })
  const answering = (user: number, status: number): ScriptStep => ({
    do: 'answer',
    status,
    body: { message: 'fixture-poison' },
    users: [`external_id:${userName(user)}`],
    times: 'always',
  })
  const rejected = [`external_id:${userName(REJECTED_USER)}`]
  braze.script([
    answering(POISON_USER, 400),
    ...failingSteps(fates.failing),
    { do: 'reject', rejected, users: rejected, indexes, times: 'always' },
  ])
  return braze
}

function failingSteps(failing: Failing | undefined): ScriptStep[] {
  const always = { users: [FAILING], times: 'always' as const }
  if (failing === undefined) return []
  // The faulty Braze lets these requests run into their timeout.
  if (failing === 'timeout') return [{ do: 'reset', apply: false, ...always }]
  if (failing === 'reset') return [{ do: 'reset', apply: false, ...always }]
  if (failing === 'unconfirmed') return [{ do: 'answer', status: 200, body: {}, apply: false, ...always }]
  return [{ do: 'answer', status: failing, body: { message: 'fixture-poison' }, ...always }]
}

/**
 * Creates a `track` that carries requests to Braze and answers back, with the scenario's faults on the way.
 */
export function createFaultyBraze(faults: Faults): Braze {
  const { run, now, sleep, during } = faults
  const { braze } = run
  /** A second simulator without users, which only supplies Braze's wording of errors. */
  const puppet = createBrazeSimulator({ now })
  let requestCount = 0

  async function track({ invocation, kind: queue, apiKey, body }: BrazeRequest): Promise<BrazeAnswer> {
    const fault = faults.scenario.brazeFaults.find(({ nth }) => nth === requestCount)?.fault
    requestCount += 1
    const seen = toSeenRequest(body, { at: now(), invocation, queue })
    run.seen.push(seen)
    await sleep(LATENCY_MS / 2)
    const { answer, applied, known, delayMs } = reply(apiKey, body, seen, fault)
    const isLate = delayMs + LATENCY_MS / 2 >= TRACK_TIMEOUT_MS
    Object.assign(seen, { applied, known: known && !isLate })
    await sleep(Math.min(delayMs + LATENCY_MS / 2, TRACK_TIMEOUT_MS))
    seen.until = now()
    if (isLate) return { kind: 'no answer', cause: 'timeout' }
    const until =
      answer.kind === 'answer' && answer.status === 429 ? retryAt(answer.headers, now()) : undefined
    if (until !== undefined) seen.waitUntil = until
    return answer
  }

  function reply(apiKey: string, body: string, seen: SeenRequest, fault: ScriptStep | undefined): Reply {
    const { scenario } = faults
    if (during(scenario.outage) && isHit(scenario.outage, body))
      return playStep(outageStep(scenario.outage?.answer ?? 503))
    if (apiKey !== keyAt(scenario, now())) return playStep({ do: 'answer', status: 401 }, apiKey)
    if (!fault) return handled(body)
    switch (fault.do) {
      case 'delay':
        return { ...handled(body), delayMs: fault.delayMs }
      case 'reset':
        return fault.apply
          ? { ...handled(body), answer: NO_ANSWER, known: false, delayMs: fault.delayMs ?? 0 }
          : playStep(fault)
      case 'answer': {
        if (fault.status >= 300) {
          if (isRejection(fault.status) && seen.objects === 1)
            for (const user of seen.users) run.rejectedAlone.add(user)
          return playStep(fault)
        }
        return reworded(handled(body), fault)
      }
      default:
        return playStep(fault)
    }
  }

  function handled(body: string): Reply {
    const answer = askSimulator(braze, body)
    const applied = braze.requests().at(-1)?.applied ?? false
    const isTimeout =
      faults.scenario.fates.failing === 'timeout' && body.includes(`"${userName(FAILING_USER)}"`)
    return { answer, applied, known: true, delayMs: isTimeout ? TRACK_TIMEOUT_MS : 0 }
  }

  function playStep(step: ScriptStep, apiKey = SIMULATOR_KEY): Reply {
    puppet.clearScript()
    puppet.script([step])
    const answer = askSimulator(puppet, '{"attributes":[]}', apiKey)
    const delayMs = 'delayMs' in step ? (step.delayMs ?? 0) : 0
    return { answer, applied: false, known: answer.kind === 'answer', delayMs }
  }

  return track
}

const NO_ANSWER: BrazeAnswer = { kind: 'no answer', cause: 'network' }

const isHit = (outage: FaultScenario['outage'], body: string) =>
  outage?.of === 'everything' || body.includes(`"${outage?.of}":[`)

const isRejection = (status: number) => status === 400 || status === 413

function outageStep(answer: NonNullable<FaultScenario['outage']>['answer']): ScriptStep {
  if (answer === 429) return { do: 'rate limit', dialect: 'retry-after', seconds: 900 }
  if (typeof answer === 'number') return { do: 'answer', status: answer }
  return { do: 'answer', status: Number(answer.slice(0, 3)), body: '<html>Maintenance</html>' }
}

/** Replaces a success by another wording of it, unless Braze rejected some of the objects. */
function reworded(reply: Reply, { status, body, delayMs = 0 }: Extract<ScriptStep, { do: 'answer' }>): Reply {
  const { answer } = reply
  const isWhole = answer.kind === 'answer' && answer.status === 201 && !answer.body.includes('errors')
  if (!isWhole) return { ...reply, delayMs }
  const text = status === 202 ? '{"message":"queued"}' : String(body)
  const known = /"(success|queued)"/.test(text)
  return { ...reply, answer: { kind: 'answer', status, headers: {}, body: text }, known, delayMs }
}

function toSeenRequest(body: string, seen: Pick<SeenRequest, 'at' | 'invocation' | 'queue'>): SeenRequest {
  const { attributes = [], events = [], purchases = [] }: { [array: string]: SentObject[] } = JSON.parse(body)
  const happenings = [...events, ...purchases]
  return {
    ...seen,
    until: Number.POSITIVE_INFINITY,
    objects: attributes.length + happenings.length,
    events: [
      ...happenings.flatMap(({ properties }) => properties?.row ?? []),
      ...attributes.flatMap((object) => incrementsIn(object).map(([row]) => row)),
    ],
    users: [...new Set([...attributes, ...happenings].map(({ external_id }) => external_id))].filter(isUser),
    applied: false,
    known: true,
  }
}

/** The worker also sends an object of no real user, to find out whether Braze is up. */
const isUser = (external_id: string) => external_id.startsWith('fixture-')

/** From this value on, X-RateLimit-Reset is an epoch time; a smaller value is a number of seconds to wait. */
const MIN_EPOCH_SECONDS = 1_000_000_000

/** The time until which a 429 asks to wait, in any of the known headers. Milliseconds since the epoch. */
function retryAt(headers: { readonly [name: string]: string }, now: number): number | undefined {
  const left = headers['x-ratelimit-retry-after'] ?? headers['retry-after']
  if (left !== undefined) return now + Number(left) * 1_000
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN)
  if (Number.isNaN(reset)) return undefined
  return reset > MIN_EPOCH_SECONDS ? reset * 1_000 : now + reset * 1_000
}
