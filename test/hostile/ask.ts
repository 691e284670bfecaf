import * as z from 'zod'
import { receive } from '../../functions/receiver/receive.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { RawDeadLetter } from '../../functions/shared/raw-dead-letter.ts'
import { eventOf, type RawRequest } from './gateway.ts'
import { createHostileWorld, SECRET } from './world.ts'

export const LIVE = ['x-api-key', SECRET.token] as const

const Answer = z.looseObject({
  type: z.string().default(''),
  detail: z.string().default(''),
  errors: z.array(z.object({ code: z.string(), field: z.string().optional() })).default([]),
})

/** Sends one request to the receiver, and returns its answer and the exact text of what it queued. */
export async function ask(body: string | Buffer, changes: Partial<RawRequest> = {}) {
  const world = createHostileWorld('none')
  const request: RawRequest = {
    method: 'POST',
    path: '/v1/records',
    query: [],
    headers: [LIVE],
    body: Buffer.from(body),
    asText: false,
    ...changes,
  }
  const answer = await receive(toRequest(eventOf(request)), world.deps)
  const { type, detail, errors, ...summary } = Answer.parse(JSON.parse(answer.body))
  const deadLetters = (['profiles-dlq', 'events-dlq'] as const).flatMap(world.bodies)
  const problem = type.replace('urn:actioniq-braze-bridge:problem:', '')
  return {
    /** The status, and then the errors of the rows as `CODE field`, or the problem of the whole request. */
    outcome: [answer.status, ...(errors.length > 0 ? errors.map(shown) : [problem])].join(' ').trim(),
    detail,
    summary,
    /** The JSON text of the records of each message. */
    records: (['profiles', 'events'] as const)
      .flatMap(world.bodies)
      .map((text) => /"records":(.*)\}$/.exec(text)?.[1]),
    /** The text of each dead letter, and the raw rows of all. */
    deadLetters,
    parked: deadLetters.flatMap((text) => RawDeadLetter.parse(JSON.parse(text)).rows),
    rejections: world.rejections,
  }
}

const shown = ({ code, field }: { code: string; field?: string | undefined }) =>
  field === undefined ? code : `${code} ${field}`

export const row = (cells: string) => `{"external_id":"fixture-a",${cells}}`
export const recordOf = (attributes: string) =>
  `[{"type":"profile","external_id":"fixture-a","attributes":{${attributes}}}]`
