import {
  DEADLY_USER,
  FAILING_USER,
  type FaultScenario,
  POISON_USER,
  REJECTED_USER,
  type ScenarioRow,
  type SentRequest,
} from './scenario.ts'

/** Gives every value and every event its own number, so that the oracle can identify each of them. */
export type Numbering = { next: number }

export const userName = (user: number) => `fixture-u${user}`

/** Writes the body of a request as a sender would, leaving out rows that its endpoint is not for. */
export function toBody({ path, rows: drawn }: SentRequest, numbering: Numbering): string {
  const rows = withFewIncrements(drawn)
  if (path === '/users/track') return toTrackBody(rows, numbering)
  const fitting = rows.filter(
    ({ kind }) =>
      kind !== 'purchase' && (path === '/v1/records' || (kind === 'event') === (path === '/v1/events')),
  )
  return JSON.stringify({ records: fitting.map((row) => toRow(row, numbering.next++)) })
}

/**
 * An increment cuts the changes of its lane into more messages, and a user who times out or kills the worker
 * costs minutes for each message. The receiver rejects a request with over 300 of them.
 */
const MAX_INCREMENTS = 12
const MAX_FATED_INCREMENTS = 2

function withFewIncrements(rows: readonly ScenarioRow[]): readonly ScenarioRow[] {
  let [increments, fated] = [0, 0]
  return rows.filter(({ kind, user }) => {
    if (kind !== 'increment') return true
    if (user === FAILING_USER || user === DEADLY_USER) return ++fated <= MAX_FATED_INCREMENTS
    return ++increments <= MAX_INCREMENTS
  })
}

/** Writes Braze's own body. The numbers of the rows follow the order of its arrays. */
function toTrackBody(rows: readonly ScenarioRow[], numbering: Numbering): string {
  const objectsOf = (isOfArray: (row: ScenarioRow) => boolean) =>
    rows.filter(isOfArray).map((row) => toTrackObject(row, numbering.next++))
  return JSON.stringify({
    attributes: objectsOf(({ kind }) => kind !== 'event' && kind !== 'purchase'),
    events: objectsOf(({ kind }) => kind === 'event'),
    purchases: objectsOf(({ kind }) => kind === 'purchase'),
  })
}

const TIME = '2026-11-20T10:00:00Z'

function toTrackObject(row: ScenarioRow, n: number): object {
  const external_id = userName(row.user)
  switch (row.kind) {
    case 'join':
    case 'leave':
      return { external_id, [`AIQ_${row.audience}_1`]: row.kind === 'join' }
    case 'event':
      return { external_id, name: 'fixture-event', time: TIME, properties: { row: n } }
    case 'purchase':
      return {
        external_id,
        product_id: 'fixture-product',
        currency: 'EUR',
        price: 1,
        time: TIME,
        properties: { row: n },
      }
    default:
      return toRow(row, n)
  }
}

/** The name of the attribute that an increment adds one to, so that its value counts how often it arrived. */
const INCREMENTED = /^incremented_(\d+)$/

/** The numbers of the increments in a profile, an object or a record, each with its value. */
export const incrementsIn = (attributes: { [name: string]: unknown }): [row: number, value: unknown][] =>
  Object.entries(attributes).flatMap(([name, value]) => {
    const row = INCREMENTED.exec(name)?.[1]
    return row === undefined ? [] : [[Number(row), value]]
  })

function toRow(row: ScenarioRow, n: number): object {
  switch (row.kind) {
    case 'join':
    case 'leave':
      return {
        external_id: userName(row.user),
        audience_id: `${row.audience}`,
        split_id: '1',
        op: row.kind,
      }
    case 'attribute':
      return { external_id: userName(row.user), [`attribute${row.name}`]: `fixture-value-${n}`, row: n }
    case 'event':
      return {
        external_id: userName(row.user),
        event_name: 'fixture-event',
        time: TIME,
        properties: { row: n },
      }
    case 'increment':
      return { external_id: userName(row.user), [`incremented_${n}`]: { inc: 1 }, row: n }
    case 'purchase':
      throw new Error('a purchase comes only in the body of Braze')
    default:
      return badRow(row, n)
  }
}

function badRow({ how, user }: Extract<ScenarioRow, { kind: 'bad' }>, n: number): object {
  if (how === 'no id') return { audience_id: '1', row: n }
  if (how === 'bad op') return { external_id: userName(user), audience_id: '1', op: 'fixture-maybe', row: n }
  return { external_id: userName(user), note: badNote(n), row: n }
}

/** A text that is too long for Braze. The attribute is withheld, and the rest of its row is delivered. */
const badNote = (row: number) => `${row} ${'x'.repeat(256)}`

/** Whether objects of this user are always rejected, always fail or always kill the worker. */
export function isFated({ fates }: FaultScenario, external_id: string | undefined): boolean {
  const fated = [
    REJECTED_USER,
    POISON_USER,
    ...(fates.failing === undefined ? [] : [FAILING_USER]),
    ...(fates.deadly ? [DEADLY_USER] : []),
  ]
  return fated.some((user) => external_id === userName(user))
}
