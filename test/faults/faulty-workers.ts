import type {
  Delivery,
  Environment,
  InvocationEnd,
  WorkerHooks,
  WorkerInvocation,
} from '../../bin/proof/workers.ts'
import type { SendBatch } from '../../functions/shared/queue.edge.ts'
import type { WorkerDeps } from '../../functions/worker/invocation.ts'
import { Message, onceRowOf } from './dead-letters.ts'
import { secretAt } from './keys.ts'
import { userName } from './rows.ts'
import type { Faults } from './run.ts'
import { DEADLY_USER, MINUTE } from './scenario.ts'

/** The same time as in `cachedSecret`. */
const SECRET_CACHE_MS = 5 * MINUTE

/** The rows of a message that must not arrive twice. */
const onceRows = (body: string): number[] =>
  Message.parse(JSON.parse(body)).records.flatMap((record) => onceRowOf(record) ?? [])

/** The faults of the scenario around the worker: late and lost batches, deaths, and a secret in trouble. */
export function faultyWorkers(faults: Faults, sendBatch: SendBatch): Required<Omit<WorkerHooks, 'deleted'>> {
  const { run, now } = faults
  let effects = 0
  let deliveries = 0
  const secrets = new WeakMap<Environment, { apiKey: string; at: number }>()

  async function delivering(): Promise<Delivery> {
    const fault = faults.scenario.deliveries.find(({ nth }) => nth === deliveries)?.fault
    deliveries += 1
    if (typeof fault !== 'object') return fault ?? 'normal'
    await faults.sleep(fault.startsAfterSeconds * 1_000)
    return 'normal'
  }

  async function credentials(memory: Environment, fresh: boolean): ReturnType<WorkerDeps['credentials']> {
    const { secretTrouble } = faults.scenario
    const secret = secrets.get(memory)
    const isKept = secret !== undefined && !fresh && now() - secret.at < SECRET_CACHE_MS
    if (!isKept && faults.during(secretTrouble))
      return { missing: secretTrouble?.missing ?? 'BRAZE_SECRET_UNREADABLE' }
    const current = isKept ? secret : { apiKey: secretAt(faults.scenario, now()), at: now() }
    secrets.set(memory, current)
    return { apiKey: current.apiKey, restEndpoint: 'https://rest.iad-01.braze.com' }
  }

  function worker(deps: WorkerDeps, invocation: WorkerInvocation): WorkerDeps {
    const die = () => {
      run.kills += 1
      return invocation.die()
    }
    /** Wraps an effect so that the scenario can kill the environment before or after it. */
    const effect =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const kill = faults.scenario.kills.find(({ nth }) => nth === effects)
        effects += 1
        if (kill && !kill.after) return die()
        const result = await act(...args)
        return kill ? die() : result
      }
    const kills = (body: string) =>
      faults.scenario.fates.deadly && body.includes(`"${userName(DEADLY_USER)}"`)
    return {
      ...deps,
      credentials: ({ fresh }) => credentials(invocation.environment, fresh),
      track: effect((credentials, body) => (kills(body) ? die() : deps.track(credentials, body))),
      sendBatch: effect(sendBatch),
      receive: effect(deps.receive),
      remove: effect(deps.remove),
      hide: effect(deps.hide),
      markers: { set: effect(deps.markers.set), clear: effect(deps.markers.clear) },
    }
  }

  /** Notes which events may arrive twice because of how the invocation ended. */
  function ended({ number, received, added }: WorkerInvocation, end: InvocationEnd): void {
    const seen = run.seen.filter(({ invocation }) => invocation === number)
    const delivered = seen.filter(({ applied }) => applied).flatMap(({ events }) => events)
    if (end.died) {
      for (const row of delivered) run.excusedByKill.add(row)
      // The dead invocation could not hide its messages for the wait that Braze had asked for.
      for (const request of seen) delete request.waitUntil
      return
    }
    if (delivered.length > 0) {
      const returned = [...received, ...added].filter(({ messageId }) => end.back.has(messageId))
      const rowsBack = new Set(returned.flatMap(({ body }) => onceRows(body)))
      for (const row of delivered) if (rowsBack.has(row)) run.excusedByCutOff.add(row)
    }
    run.undeleted += end.undeleted.length
    if (end.undeleted.length > 0) for (const row of delivered) run.excusedByKill.add(row)
  }

  return { delivering, worker, ended }
}
