import { type ReceiverDeps, receive } from '../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { type Numbering, toBody } from './rows.ts'
import type { World } from './run.ts'
import type { FaultScenario } from './scenario.ts'

export const settingsOf = ({ lanes }: FaultScenario): ReceiverSettings => ({
  lanes,
  connections: Connections.parse({}),
  queues: { profiles: 'profiles', events: 'events' },
  deadLetters: { profiles: 'profiles-dlq', events: 'events-dlq' },
  captures: 'captures',
})

/** Sends a scenario's requests through the real `receive`. */
export function createSenders({
  scenario,
  run,
  now,
  sleep,
  sendBatch,
  repeats,
  log,
  count,
  namePeople,
  newId,
}: World) {
  const bodies = new Set<string>()
  let receiverSends = 0
  const receiverDeps = (dies: () => void): ReceiverDeps => ({
    readSecret: () => async () => ({ token: 'fixture-inbound-token' }),
    sendBatch: async (batch) => {
      const left = await sendBatch(batch)
      if (scenario.receiverKills.includes(receiverSends++)) {
        run.kills += 1
        dies()
        return new Promise(() => undefined)
      }
      return left
    },
    now,
    newId,
    pause: sleep,
    log,
    count,
    namePeople,
    settings: settingsOf(scenario),
  })

  /** Repeats a request, byte by byte, while it gets no answer or a 5xx, until it is accepted. */
  async function post(
    path: string,
    body: string,
    key: string | undefined,
    repeatsAnother = false,
  ): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const died = Promise.withResolvers<undefined>()
      const request = {
        id: `request-${newId()}`,
        method: 'POST',
        path,
        headers: { 'x-api-key': 'fixture-inbound-token', 'idempotency-key': key },
        query: {},
        body: Buffer.from(body),
        sourceIp: '192.0.2.1',
      }
      if (bodies.has(body) || repeatsAnother) repeats.set(request.id, { key })
      bodies.add(body)
      const answer = await Promise.race([
        receive(
          request,
          receiverDeps(() => died.resolve(undefined)),
        ),
        died.promise,
      ])
      if (answer && answer.status < 500) {
        if (answer.status !== 200 && answer.status !== 422)
          throw new Error(`unexpected ${answer.status}: ${answer.body}`)
        run.answers.push({ requestId: request.id, accepted: JSON.parse(answer.body).accepted })
        return
      }
      await sleep(10_000)
    }
    throw new Error('the receiver never took a request')
  }

  async function sendAll(): Promise<void> {
    const numbering: Numbering = { next: 1 }
    const later: Promise<void>[] = []
    for (const [index, request] of scenario.requests.entries()) {
      await sleep(request.after * 1_000)
      const body = toBody(request, numbering)
      const key = request.idempotencyKey ? `fixture-key-${index}` : undefined
      await post(request.path, body, key)
      for (const [, row] of body.matchAll(/"row":(\d+)/g)) run.answeredRows.push(Number(row))
      if (request.again !== undefined) {
        const { after, halves } = request.again
        const parts = halves ? inHalves(body) : [body]
        later.push(
          sleep(after * 1_000).then(async () => {
            for (const part of parts) await post(request.path, part, key, true)
          }),
        )
      }
    }
    await Promise.all(later)
  }

  return { sendAll }
}

/** Splits the rows of a body into the bodies of two requests. */
function inHalves(body: string): string[] {
  const { records }: { records: unknown[] } = JSON.parse(body)
  const middle = Math.ceil(records.length / 2)
  return [records.slice(0, middle), records.slice(middle)].map((half) => JSON.stringify({ records: half }))
}
