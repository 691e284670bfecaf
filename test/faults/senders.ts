import type { World } from '../../bin/proof/world.ts'
import type { SendBatch } from '../../functions/shared/queue.edge.ts'
import { type Numbering, toBody } from './rows.ts'
import type { Faults } from './run.ts'

/** Sends a scenario's requests through the real `receive`. */
export function createSenders({ scenario, run, sleep }: Faults, world: World, sendBatch: SendBatch) {
  const bodies = new Set<string>()
  let receiverSends = 0
  const sendOrDie =
    (dies: () => void): SendBatch =>
    async (batch) => {
      const left = await sendBatch(batch)
      if (!scenario.receiverKills.includes(receiverSends++)) return left
      run.kills += 1
      dies()
      return new Promise(() => undefined)
    }

  /** Repeats a request, byte by byte, while it gets no answer or a 5xx, until it is accepted. */
  async function post(
    path: string,
    body: string,
    key: string | undefined,
    repeatsAnother = false,
  ): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const died = Promise.withResolvers<undefined>()
      const request = world.request(path, Buffer.from(body), { 'idempotency-key': key })
      if (bodies.has(body) || repeatsAnother) run.repeats.set(request.id, { key })
      bodies.add(body)
      const answer = await Promise.race([
        world.handle(request, { sendBatch: sendOrDie(() => died.resolve(undefined)) }),
        died.promise,
      ])
      if (answer && answer.status < 500) {
        if (![200, 201, 400, 422].includes(answer.status))
          throw new Error(`unexpected ${answer.status}: ${answer.body}`)
        run.answers.push({ requestId: request.id, accepted: acceptedIn(answer.body) })
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

/** The number of accepted rows in an answer of the bridge, or in one that it gives in Braze's place. */
function acceptedIn(body: string): number {
  const {
    accepted,
    attributes_processed = 0,
    events_processed = 0,
    purchases_processed = 0,
  } = JSON.parse(body)
  return accepted ?? attributes_processed + events_processed + purchases_processed
}

/** Splits the rows of a body into the bodies of two requests. */
function inHalves(body: string): string[] {
  const { records }: { records?: unknown[] } = JSON.parse(body)
  if (!records) return [body]
  const middle = Math.ceil(records.length / 2)
  return [records.slice(0, middle), records.slice(middle)].map((half) => JSON.stringify({ records: half }))
}
