import * as z from 'zod'
import type { Answer } from '../../functions/receiver/answer/answer.ts'
import { readMessage } from '../../functions/shared/message.ts'
import { RawDeadLetter } from '../../functions/shared/raw-dead-letter.ts'
import type { BridgeRecord } from '../../functions/shared/record.ts'
import { leaksSensitiveData, SENSITIVE_FIXTURES } from '../sensitive-fixtures.ts'
import { REQUEST_ID } from './gateway.ts'
import type { Attack } from './requests.ts'
import type { HostileWorld } from './world.ts'

const Summary = z.object({
  requestId: z.literal(REQUEST_ID),
  received: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  profiles: z.number(),
  events: z.number(),
  errors: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })),
})
const Problem = z.object({
  type: z.string().startsWith('urn:actioniq-braze-bridge:problem:'),
  title: z.string().min(1),
  status: z.number(),
  detail: z.string().min(1),
  requestId: z.literal(REQUEST_ID),
})

/** All statuses that the receiver may answer. 500 is not one of them. */
const STATUSES = [200, 400, 401, 404, 405, 413, 415, 422, 503]

/** Answers must stay short, because people read them and logs store them. */
const MAX_ANSWER_CHARACTERS = 20_000

/**
 * @returns a sentence for each promise that the answer, the queues or the log break; an empty array if none
 * does.
 */
export function promisesBrokenByAttack(attack: Attack, answer: Answer, world: HostileWorld): string[] {
  const queued = readQueues(world)
  return [
    ...checkAnswer(attack, answer),
    ...world.rejections.map((code) => `SQS refuses a message: ${code}`),
    ...queued.broken,
    ...checkCounts(attack, answer, queued, world),
    ...(attack.intact ? checkRows(attack, queued) : []),
    ...(leaksSensitiveData(world.logged()) ? ['a value stands in the log'] : []),
  ]
}

function checkAnswer({ request, authentic, intact }: Attack, { status, headers, body }: Answer): string[] {
  const broken: string[] = []
  const check = (fault: string, ok: boolean) => {
    if (!ok) broken.push(fault)
  }
  check(`answers ${status}`, STATUSES.includes(status))
  check('lets a stranger in', authentic || status === 401 || status === 503)
  check('keeps a friend out', !authentic || status !== 401)
  check(
    'a header of the answer is none',
    Object.values(headers).every((value) => /^[ -~]+$/.test(value)),
  )
  if (request.method === 'HEAD') return [...broken, ...(body === '' ? [] : ['HEAD is answered with a body'])]
  check('a long answer', body.length <= MAX_ANSWER_CHARACTERS)
  check('the answer shows a value', !intact || !SENSITIVE_FIXTURES.test(body))
  const json: unknown = JSON.parse(body)
  if (status === 200) check('the summary is none', Summary.safeParse(json).success)
  else {
    check('the problem is none', Problem.safeParse(json).data?.status === status)
    check('the problem has another type', headers['content-type'] === 'application/problem+json')
  }
  return broken
}

type Queued = { records: { record: BridgeRecord; body: string }[]; rejectedRows: number; broken: string[] }

function readQueues(world: HostileWorld): Queued {
  const broken: string[] = []
  const records = [...world.bodies('profiles'), ...world.bodies('events')].flatMap((body) => {
    const read = readMessage(body)
    if (read.kind === 'message') return read.message.records.map((record) => ({ record, body }))
    broken.push(`the worker can't read a message: ${read.kind}`)
    return []
  })
  const rowCounts = [...world.bodies('profiles-dlq'), ...world.bodies('events-dlq')].map((body) => {
    const read = RawDeadLetter.safeParse(JSON.parse(body))
    if (!read.success) broken.push('a letter is none')
    return read.data?.rows.length ?? 0
  })
  return { records, rejectedRows: rowCounts.reduce((sum, rows) => sum + rows, 0), broken }
}

/** Checks that the queues hold exactly the rows that the answer counts. */
function checkCounts(
  { fault, authentic }: Attack,
  answer: Answer,
  queued: Queued,
  world: HostileWorld,
): string[] {
  const { status, body } = answer
  if (status === 503) {
    const explained =
      fault === 'the secret' ||
      ((fault === 'SQS' || fault === 'one message of each call') && world.calls() > 0)
    return explained ? [] : [`503 without a reason (${fault})`]
  }
  const broken = authentic && fault === 'the secret' && status !== 503 ? ['passes without the secret'] : []
  if ((fault === 'SQS' || fault === 'one message of each call') && world.calls() > 0)
    broken.push(`${status} though SQS did not take everything`)
  const [records, rows] = [queued.records.length, queued.rejectedRows]
  const summary = body === '' ? undefined : Summary.safeParse(JSON.parse(body)).data
  const { received = 0, accepted = 0, rejected = 0, profiles = 0, events = 0 } = summary ?? {}
  if (accepted + rejected !== received || profiles + events !== accepted)
    broken.push('the counts do not add up')
  if (records !== accepted || rows !== rejected)
    broken.push(`${accepted} and ${rejected} rows are counted, ${records} and ${rows} stand in queues`)
  return broken
}

/** Invisible characters around an id or a name are removed. These are the ones that the attacks use. */
const withoutEnds = (text: string) =>
  text.replace(/^[\s\p{Cc}\u200b-\u200f\u2060-\u206f]+|[\s\p{Cc}\u200b-\u200f\u2060-\u206f]+$/gu, '')

const RowNumber = z.object({ row_number: z.coerce.number() })

/** Identifiers that a record can also get from other columns of its row. */
const OTHER_IDS = ['fixture-person-9', 'fixture-braze-1']

/** Checks that each accepted row is one that was sent, with its identifier and its value unchanged. */
function checkRows({ body: { rows, isText } }: Attack, { records }: Queued): string[] {
  return records.flatMap(({ record, body }) => {
    const values = record.type === 'profile' ? record.attributes : record.properties
    const number = RowNumber.safeParse(values).data?.row_number ?? -1
    const row = rows[number]
    const ids = [record.external_id ?? '', record.braze_id ?? ''].filter((id) => id !== '')
    // An object with an identifier and a list of non-objects is read as one row, with the list as an
    // attribute.
    if (!row) return ids.every((id) => OTHER_IDS.includes(id)) ? [] : ['a record of no row']
    const broken = ids.every((id) => [withoutEnds(row.id ?? ''), ...OTHER_IDS].includes(id))
      ? []
      : ['another id']
    // A column without a name says nothing if it is empty.
    const isKept = (name: string) =>
      withoutEnds(name) === '' ||
      Object.hasOwn(values ?? {}, name) ||
      Object.hasOwn(values ?? {}, withoutEnds(name))
    if (!row.names.every(isKept)) broken.push('a value is lost')
    if (row.value === undefined) broken.push('a value that cannot be kept is taken')
    else if (!body.includes(`"own_value":${row.value},"row_number":${isText ? `"${number}"` : number}`))
      broken.push('another value')
    return broken
  })
}
