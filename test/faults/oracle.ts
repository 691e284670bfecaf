import * as z from 'zod'
import type { QueueName } from '../../functions/shared/record.ts'
import { isFated } from './rows.ts'
import type { Run } from './run.ts'

/** A record as it stands in a message or a letter. Read here anew: the oracle shares no code with what it judges. */
const Record = z.looseObject({
  type: z.enum(['profile', 'event']),
  external_id: z.string().optional(),
  memberships: z
    .array(z.object({ audience_id: z.string(), split_id: z.string(), member: z.boolean() }))
    .optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  properties: z.object({ row: z.number() }).optional(),
})
type Record = z.infer<typeof Record>

const Letter = z.looseObject({
  failure: z.object({ code: z.string(), reason: z.string(), hint: z.string(), at: z.string() }),
  records: z.array(Record).optional(),
  rows: z.array(z.object({ index: z.number(), row: z.unknown() })).optional(),
  body: z.string().optional(),
})
type Letter = z.infer<typeof Letter>

/** What the reason itself says: it may have reached Braze as well. */
const PERHAPS_DELIVERED = ['MAY_HAVE_ARRIVED', 'WORKER_DIED', 'BRAZE_FAILS_ON_IT']

/** @returns every broken promise, in words; nothing when all were kept. */
export function brokenPromises(run: Run): string[] {
  const accepted = run.accepted.map(({ queue, body }) => ({
    queue,
    records: Record.array().parse(JSON.parse(body).records),
  }))
  const letters = Object.values(run.deadLetters).flatMap((queue) =>
    queue.list().map(({ body }) => Letter.safeParse(JSON.parse(body))),
  )
  const unexplained = letters.filter(({ success }) => !success).length
  const read = letters.flatMap(({ data }) => data ?? [])
  return [
    ...(run.quiet ? [] : ['1: messages are still waiting']),
    ...(unexplained > 0 ? [`7: ${unexplained} letters have no code, reason and hint`] : []),
    ...rowsKept(run, accepted, read),
    ...eventsOnce(run, accepted, read),
    ...eventsInOrder(run, accepted),
    ...finalState(run, accepted, read),
    ...answersTrue(run),
    ...rightlyParked(run, read),
    ...neverTwoInFlight(run),
    ...paced(run),
    ...waitsObeyed(run),
    ...silent(run),
  ]
}

type Accepted = { queue: QueueName; records: Record[] }[]

const rowOf = ({ attributes, properties }: Record) => {
  const row = properties?.row ?? attributes?.row
  return typeof row === 'number' ? row : undefined
}
const recordsOf = ({ records, body }: Letter): Record[] =>
  records ?? (body === undefined ? [] : Record.array().parse(JSON.parse(body).records))

/** Promise 1 up to the queues: each row of an answered request is in a message or in a letter of raw rows. */
function rowsKept(run: Run, accepted: Accepted, letters: Letter[]): string[] {
  const kept = new Set(accepted.flatMap(({ records }) => records.map(rowOf)))
  for (const { row } of letters.flatMap(({ rows = [] }) => rows)) {
    const found = /"row":(\d+)/.exec(JSON.stringify(row))?.[1]
    if (found !== undefined) kept.add(Number(found))
  }
  const lost = run.answeredRows.filter((row) => !kept.has(row))
  return lost.length > 0 ? [`1: rows ${lost.slice(0, 5)} are in no queue`] : []
}

/** Promises 1 and 4: each accepted event once, or parked, and more only where the script explains it. */
function eventsOnce(run: Run, accepted: Accepted, letters: Letter[]): string[] {
  const wanted = count(
    accepted.flatMap(({ records }) => records).flatMap((record) => record.properties?.row ?? []),
  )
  const arrived = count(
    run.braze
      .events()
      .flatMap(({ properties }) => (typeof properties.row === 'number' ? properties.row : [])),
  )
  const parkedSure = count(
    letters
      .filter(({ failure }) => !PERHAPS_DELIVERED.includes(failure.code))
      .flatMap(recordsOf)
      .flatMap((record) => record.properties?.row ?? []),
  )
  const parkedPerhaps = new Set(
    letters
      .filter(({ failure }) => PERHAPS_DELIVERED.includes(failure.code))
      .flatMap(recordsOf)
      .map(rowOf),
  )
  const inTheDark = new Set(
    run.seen.filter(({ applied, known }) => applied && !known).flatMap(({ events }) => events),
  )
  const broken: string[] = []
  for (const [row, times] of wanted) {
    const there = arrived.get(row) ?? 0
    const parked = parkedSure.get(row) ?? 0
    if (there + parked < times && !parkedPerhaps.has(row))
      broken.push(`1: event ${row} was accepted ${times}×, arrived ${there}×, parked ${parked}×`)
    // A letter is recognised for five minutes, and such a message comes back later.
    const letterAgain = losesVerdicts(run) && parked > times && there === 0
    const excused =
      letterAgain ||
      inTheDark.has(row) ||
      run.excusedByKill.has(row) ||
      ((run.scenario.concurrency > 1 || run.kills > 0) && run.excusedByCutOff.has(row)) ||
      parkedPerhaps.has(row)
    if (there + parked > times && !excused)
      broken.push(`4: event ${row} was accepted ${times}×, arrived ${there}×, parked ${parked}×`)
  }
  for (const row of arrived.keys()) if (!wanted.has(row)) broken.push(`4: event ${row} was never accepted`)
  return broken.slice(0, 3)
}

function count(rows: number[]): Map<number, number> {
  const counted = new Map<number, number>()
  for (const row of rows) counted.set(row, (counted.get(row) ?? 0) + 1)
  return counted
}

/** A verdict that was not parked yet is forgotten with its environment: by a kill, or when SQS cuts the parking off. */
const losesVerdicts = ({ kills, scenario }: Run) =>
  kills > 0 || (scenario.concurrency > 1 && scenario.queueFaults.length > 0)

/** Braze's answers leave it open which events arrived. */
const isUnclear = ({ scenario: { indexes, brazeFaults } }: Run) =>
  indexes === 'missing' ||
  indexes === 'out of range' ||
  brazeFaults.some(({ fault }) => 'status' in fault && fault.status === 201)

/** Promise 2: of each user, events first arrive in the order in which SQS accepted them. */
function eventsInOrder(run: Run, accepted: Accepted): string[] {
  // An event given up as perhaps arrived is sent again, behind later ones, when that verdict is forgotten.
  if (losesVerdicts(run) && isUnclear(run)) return []
  const places = new Map<number, number>()
  for (const record of accepted.flatMap(({ records }) => records)) {
    const row = record.properties?.row
    if (row !== undefined && !places.has(row)) places.set(row, places.size)
  }
  const last = new Map<string, number>()
  const arrived = new Set<number>()
  for (const { external_id = '', properties } of run.braze.events()) {
    const { row } = properties
    if (typeof row !== 'number' || arrived.has(row)) continue
    arrived.add(row)
    const place = places.get(row) ?? -1
    if (place < (last.get(external_id) ?? -1)) return [`2: event ${row} of ${external_id} was overtaken`]
    last.set(external_id, place)
  }
  return []
}

/** Promise 1: an answer counts what SQS has, and SQS recognised as repeated only what a sender repeated. */
function answersTrue(run: Run): string[] {
  const wrong = run.answers.find(({ requestId, accepted }) => accepted !== (run.taken.get(requestId) ?? 0))
  const swallowed = run.recognised.find(
    ({ repeated, body }) => !repeated || (!body.includes('"type":"event"') && !repeated.key),
  )
  return [
    ...(wrong
      ? [
          `1: request ${wrong.requestId} was told ${wrong.accepted} accepted, and SQS has ${run.taken.get(wrong.requestId)}`,
        ]
      : []),
    ...(swallowed ? ['1: SQS took a new message for a repeated one'] : []),
  ]
}

/** Promise 2: the last accepted value of each user's attributes, leaving out what was parked. */
function finalState(run: Run, accepted: Accepted, letters: Letter[]): string[] {
  const parked = new Set(letters.flatMap(recordsOf).map(rowOf))
  const doubtful = new Set(
    letters
      .filter(({ failure }) => PERHAPS_DELIVERED.includes(failure.code))
      .flatMap(recordsOf)
      .map(({ external_id }) => external_id),
  )
  const model = new Map<string, { [name: string]: unknown }>()
  for (const { external_id = '', type, memberships = [], attributes = {}, ...record } of accepted.flatMap(
    ({ records }) => records,
  )) {
    if (type !== 'profile' || parked.has(rowOf({ ...record, type, attributes }))) continue
    const profile = model.get(external_id) ?? {}
    Object.assign(profile, attributes)
    for (const { audience_id, split_id, member } of memberships)
      profile[`AIQ_${audience_id}_${split_id}`] = member
    model.set(external_id, profile)
  }
  const broken: string[] = []
  for (const [external_id, expected] of model) {
    if (isFated(external_id) || doubtful.has(external_id)) continue
    const actual = run.braze.profile({ external_id })?.custom_attributes ?? {}
    for (const [name, value] of Object.entries(expected)) {
      if (actual[name] !== value)
        broken.push(`2: ${external_id} has ${name} = ${actual[name]}, and ${value} was accepted last`)
    }
  }
  return broken.slice(0, 3)
}

/** Promises 3 and 6: bad records are parked, for the right reason, and no others. */
function rightlyParked(run: Run, letters: Letter[]): string[] {
  const fails =
    run.scenario.brazeFaults.some(({ fault }) => 'status' in fault && fault.status >= 500) ||
    (run.scenario.outage?.answer ?? 0) >= 500
  const broken: string[] = []
  for (const letter of letters) {
    const { code } = letter.failure
    for (const record of recordsOf(letter)) {
      const fated = isFated(record.external_id)
      const isRight =
        (code === 'ATTRIBUTE_REFUSED' && record.attributes?.note !== undefined) ||
        (code === 'REJECTED_BY_BRAZE' && fated) ||
        (code === 'MAY_HAVE_ARRIVED' && record.type === 'event' && isUnclear(run)) ||
        (code === 'WORKER_DIED' && run.kills > 1) ||
        (code === 'BRAZE_FAILS_ON_IT' && fails)
      if (!isRight) broken.push(`3: record ${rowOf(record)} of ${record.external_id} is parked as ${code}`)
    }
  }
  return broken.slice(0, 3)
}

/** Promise 2: no two requests in flight hold the same user. A request whose answer the worker gave up on counts until then. */
function neverTwoInFlight(run: Run): string[] {
  for (const queue of ['profiles', 'events'] as const) {
    const requests = run.seen.filter((seen) => seen.queue === queue)
    for (const [index, earlier] of requests.entries()) {
      for (let next = index + 1; next < requests.length; next++) {
        const later = requests[next]
        if (!later || later.at >= earlier.until) break
        if (earlier.until === Number.POSITIVE_INFINITY) break
        const shared = later.users.find((user) => earlier.users.includes(user))
        if (shared !== undefined)
          return [`2: two requests of ${queue} hold ${shared} at ${new Date(later.at).toISOString()}`]
      }
    }
  }
  return []
}

/** Promise 5: in no second more requests of a queue than its concurrency and spacing allow, one more each for a new environment. */
function paced(run: Run): string[] {
  const perSecond = (1_000 / 200) * run.scenario.concurrency + run.scenario.concurrency + run.kills
  for (const queue of ['profiles', 'events'] as const) {
    const times = run.seen.filter((seen) => seen.queue === queue).map(({ at }) => at)
    for (const [index, at] of times.entries()) {
      const within = times.slice(index).findIndex((later) => later >= at + 1_000)
      const requests = within === -1 ? times.length - index : within
      if (requests > perSecond) return [`5: ${requests} requests of ${queue} within a second`]
    }
  }
  return []
}

/** Promise 5: who was told to wait is in no request before. */
function waitsObeyed(run: Run): string[] {
  const until = new Map<string, number>()
  for (const { at, queue, users, waitUntil } of run.seen) {
    for (const user of users) {
      if (at < (until.get(`${queue} ${user}`) ?? 0))
        return [`5: ${user} was sent before the told wait was over`]
      if (waitUntil !== undefined) until.set(`${queue} ${user}`, waitUntil)
    }
  }
  return []
}

/** Promise 8. */
function silent(run: Run): string[] {
  const line = run.logs.map((entry) => JSON.stringify(entry)).find((entry) => entry.includes('fixture-'))
  return line === undefined ? [] : [`8: a log line says ${line.slice(0, 200)}`]
}
