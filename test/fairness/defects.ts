import type { ScriptStep } from '../../bin/local/braze/script.ts'
import { attributeOf, goodRow, type Kind, person, rowsIn } from './rows.ts'

/** A way in which a row can be bad, with the code and reason that its dead letter must have. */
export type Defect = {
  name: string
  kind: Kind
  /**
   * The number of consecutive rows that belong to one person and become one Braze object. The default is 1.
   */
  rowsPerPerson?: number
  /** The row as its sender writes it. @param neighbour the person of the next row. */
  row: (row: number, neighbour: string) => object
  /**
   * How Braze treats a request that holds such rows. Unset if the simulator's own rules already reject them.
   */
  brazeStep?: (rows: readonly number[]) => ScriptStep
  code: string
  /** A part of the reason in the dead letter. */
  reason: string
}

const profile = (row: number) => goodRow('profile', row, person(row, 1))
const event = (row: number) => goodRow('event', row, person(row, 1))

const TOO_LONG = 'x'.repeat(256)

/** Makes Braze answer this to every request that holds one of the rows, without applying any of it. */
const answers =
  (status: number, body?: object) =>
  (rows: readonly number[]): ScriptStep => ({
    do: 'answer',
    status,
    ...(body && { body }),
    matches: holdsOneOf(rows),
    times: 'always',
  })

function holdsOneOf(rows: readonly number[]) {
  const bad = new Set(rows)
  return (body: object) => rowsIn(JSON.stringify(body)).some((row) => bad.has(row))
}

const BY_THE_RECEIVER: readonly Defect[] = [
  {
    name: 'names no person',
    kind: 'profile',
    row: (row) => ({ ...profile(row), external_id: '' }),
    code: 'IDENTIFIER_MISSING',
    reason: 'names no person',
  },
  {
    name: 'unknown operation',
    kind: 'profile',
    row: (row) => ({ ...profile(row), op: 'fixture-maybe' }),
    code: 'OP_UNKNOWN',
    reason: 'does not know this operation',
  },
  {
    name: 'event at an unreadable time',
    kind: 'event',
    row: (row) => ({ ...event(row), time: 'fixture-yesterday' }),
    code: 'TIME_UNREADABLE',
    reason: 'time cannot be read',
  },
]

const BY_THE_WORKER: readonly Defect[] = [
  {
    // The attribute is withheld, and the membership beside it is delivered.
    name: 'attribute with a text over 255 characters',
    kind: 'profile',
    row: (row) => ({
      ...profile(row),
      [attributeOf(row)]: { fair_row: row, note: TOO_LONG },
    }),
    code: 'ATTRIBUTE_REFUSED',
    reason: '255 characters',
  },
  {
    name: 'event property beginning with $',
    kind: 'event',
    row: (row) => ({ ...event(row), properties: { fair_row: row, $fixture: 1 } }),
    code: 'EVENT_REFUSED',
    reason: 'must not begin with $',
  },
]

const BY_BRAZE: readonly Defect[] = [
  {
    name: 'rejected by its index',
    kind: 'profile',
    row: (row) => ({ ...profile(row), external_id: undefined, braze_id: `fixture-braze-${row}` }),
    code: 'REJECTED_BY_BRAZE',
    reason: 'No user has this braze_id',
  },
  {
    name: 'rejected, one of five rows in an object',
    kind: 'profile',
    rowsPerPerson: 5,
    row: (row, neighbour) => ({ ...profile(row), external_id: neighbour, fixture_bad: true }),
    brazeStep: (rows) => {
      // The person of the next row, with five rows or with one row for each person.
      const users = rows.flatMap((row) => [5, 1].map((rows) => `external_id:${person(row + 1, rows)}`))
      const rejects = (object: unknown) => JSON.stringify(object).includes('fixture_bad')
      return {
        do: 'reject',
        rejected: users,
        matches: rejects,
        rejects,
        type: 'fixture rejection',
        times: 'always',
      }
    },
    code: 'REJECTED_BY_BRAZE',
    reason: 'fixture rejection',
  },
  {
    name: 'rejected without an index',
    kind: 'profile',
    row: profile,
    brazeStep: (rows) => {
      const users = rows.map((row) => `external_id:${person(row, 1)}`)
      const type = 'fixture rejection'
      return { do: 'reject', rejected: users, users, type, indexes: 'missing', times: 'always' }
    },
    code: 'REJECTED_BY_BRAZE',
    reason: 'fixture rejection',
  },
  {
    name: 'refused with its whole request, 400',
    kind: 'event',
    row: event,
    brazeStep: answers(400, { message: 'fixture refusal' }),
    code: 'REJECTED_BY_BRAZE',
    reason: 'fixture refusal',
  },
  {
    name: 'fails with its whole request, 500',
    kind: 'profile',
    row: profile,
    brazeStep: answers(500),
    code: 'BRAZE_FAILS_ON_IT',
    reason: 'to this record alone, again and again, while it accepted other requests',
  },
]

/** Ten defects, in order of who detects them: the receiver, the worker or Braze. */
export const TEN_DEFECTS: readonly Defect[] = [...BY_THE_RECEIVER, ...BY_THE_WORKER, ...BY_BRAZE]

/** Two of these defects in the other queue. */
export const MORE_DEFECTS: readonly Defect[] = [
  {
    name: 'refused with its whole request, 413',
    kind: 'profile',
    row: profile,
    brazeStep: answers(413),
    code: 'REJECTED_BY_BRAZE',
    reason: 'The request is too large',
  },
  {
    name: 'event fails with its whole request, 500',
    kind: 'event',
    row: event,
    brazeStep: answers(500),
    code: 'BRAZE_FAILS_ON_IT',
    reason: 'to this record alone, again and again, while it accepted other requests',
  },
]
