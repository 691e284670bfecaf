import { createBraze } from '../../bin/local/braze/braze.ts'
import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { Answer } from '../../functions/worker/judge.ts'
import { userName } from './rows.ts'
import type { SeenRequest } from './run.ts'
import { POISON_USER, REJECTED_USER, type Scenario } from './scenario.ts'
import type { World } from './world.ts'

const LATENCY_MS = 120

/** The worker's own, in `braze.ts`. */
const BRAZE_TIMEOUT_MS = 8_000

type Sent = { external_id: string; properties?: { row?: number } }

export type Track = (invocation: number, queue: QueueName, body: string) => Promise<Answer>

/** The way to Braze and back, with the scenario's faults on it. */
export function createFaultyBraze({ scenario, run, now, sleep, during }: World): Track {
  const { braze } = run
  braze.script([
    {
      do: 'answer',
      status: 400,
      body: { message: 'fixture-poison' },
      users: [`external_id:${userName(POISON_USER)}`],
      times: 'always',
    },
    {
      do: 'reject',
      rejected: [`external_id:${userName(REJECTED_USER)}`],
      users: [`external_id:${userName(REJECTED_USER)}`],
      indexes: scenario.indexes,
      times: 'always',
    },
  ])
  const faulty = createBraze({ now })
  let asked = 0
  async function track(invocation: number, queue: QueueName, body: string): Promise<Answer> {
    const fault = scenario.brazeFaults.find(({ nth }) => nth === asked)?.fault
    asked += 1
    const request = {
      method: 'POST',
      path: '/users/track',
      headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
      body,
    }
    const parsed: { attributes?: Sent[]; events?: Sent[] } = JSON.parse(body)
    const seen: SeenRequest = {
      at: now(),
      until: Number.POSITIVE_INFINITY,
      invocation,
      queue,
      events: (parsed.events ?? []).flatMap(({ properties }) => properties?.row ?? []),
      users: [
        ...new Set(
          [...(parsed.attributes ?? []), ...(parsed.events ?? [])].map(({ external_id }) => external_id),
        ),
      ],
      applied: false,
      known: true,
    }
    run.seen.push(seen)
    await sleep(LATENCY_MS / 2)
    const before = braze.requests().length
    const isOut = during(scenario.outage)
    // A fault is played by a Braze without users, unless it applies the request: then by the real one.
    const applies =
      fault &&
      (('apply' in fault && fault.apply) ||
        fault.do === 'delay' ||
        (fault.do === 'answer' && fault.status < 300))
    const outcome = isOut
      ? answerOf(scenario.outage?.answer ?? 503)
      : fault && !applies
        ? playFault(fault)
        : braze.handle(request)
    const lost = !isOut && applies
    seen.applied =
      !isOut &&
      (!fault || applies === true) &&
      (braze.requests().at(-1)?.applied ?? false) &&
      braze.requests().length > before
    const delayMs = (fault && 'delayMs' in fault && !isOut ? (fault.delayMs ?? 0) : 0) + LATENCY_MS / 2
    await sleep(Math.min(delayMs, BRAZE_TIMEOUT_MS))
    seen.until = now()
    if (delayMs >= BRAZE_TIMEOUT_MS) {
      seen.known = false
      return { kind: 'no answer', cause: 'timeout' }
    }
    if (lost && fault.do === 'reset') {
      seen.known = false
      return { kind: 'no answer', cause: 'network' }
    }
    if (lost && fault.do === 'answer') {
      // Queued is said of what Braze would take; what it would refuse, it refuses.
      const isWhole = outcome.kind === 'answer' && outcome.status === 201 && !outcome.body.includes('errors')
      if (fault.status === 202)
        return isWhole
          ? { kind: 'answer', status: 202, headers: {}, body: '{"message":"queued"}' }
          : outcome.kind === 'answer'
            ? outcome
            : { kind: 'no answer', cause: 'network' }
      seen.known = false
      return { kind: 'answer', status: fault.status, headers: {}, body: String(fault.body) }
    }
    if (outcome.kind === 'reset') {
      seen.known = false
      return { kind: 'no answer', cause: 'network' }
    }
    const told = Number(
      outcome.headers['x-ratelimit-retry-after'] ?? outcome.headers['retry-after'] ?? Number.NaN,
    )
    if (outcome.status === 429 && !Number.isNaN(told)) seen.waitUntil = now() + told * 1_000
    return outcome
  }

  function playFault(fault: Scenario['brazeFaults'][number]['fault']) {
    faulty.clearScript()
    faulty.script([fault])
    return faulty.handle({
      method: 'POST',
      path: '/users/track',
      headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
      body: '{"attributes":[]}',
    })
  }
  const answerOf = (status: number) =>
    playFault(
      status === 429 ? { do: 'rate limit', dialect: 'retry-after', seconds: 900 } : { do: 'answer', status },
    )

  return track
}
