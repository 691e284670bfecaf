import { describe, expect, it } from 'vitest'
import { answerTo } from '../../../../functions/receiver/answer/answer.ts'
import { SECRET_UNREADABLE } from '../../../../functions/receiver/problems.ts'
import type { AcceptedRow, RejectedRow } from '../../../../functions/receiver/read/records.ts'

const PROFILE: AcceptedRow = {
  record: { type: 'profile', external_id: 'fixture-a' },
  user: { external_id: 'fixture-a' },
  json: '{}',
  deduplicable: false,
}
const EVENT: AcceptedRow = {
  ...PROFILE,
  record: { type: 'event', external_id: 'fixture-a', name: 'fixture-e' },
}
const BAD: RejectedRow = {
  index: 2,
  row: { op: 'fixture-op' },
  queue: 'profiles',
  code: 'OP_UNKNOWN',
  field: 'op',
}

const answer = (accepted: AcceptedRow[], rejected: RejectedRow[], ignoredFields: string[] = []) =>
  answerTo(
    { records: { accepted, rejected }, ignoredFields, connection: 'default', mode: 'deliver' },
    'request-1',
  )

it('counts what was taken, and names rows that were not by index, column and rule', () => {
  const { status, headers, body } = answer([PROFILE, PROFILE, EVENT], [BAD], ['page'])
  expect(status).toBe(200)
  expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  expect(JSON.parse(body)).toEqual({
    requestId: 'request-1',
    received: 4,
    accepted: 3,
    rejected: 1,
    profiles: 2,
    events: 1,
    errors: [
      {
        index: 2,
        field: 'op',
        code: 'OP_UNKNOWN',
        message:
          'The bridge does not know this operation. Use add, join, enter, entered, true or 1; remove, delete, leave, exit, exited, false or 0; update or upsert.',
      },
    ],
    ignoredFields: ['page'],
  })
})

it('shows the first 20 errors and counts the others', () => {
  const refused = Array.from({ length: 23 }, (_, index) => ({ ...BAD, field: `column ${index}`, index }))
  const { errors, moreErrors } = JSON.parse(answer([PROFILE], [...refused, ...refused]).body)
  expect([errors.length, errors[19].index, moreErrors]).toEqual([20, 19, 6])
})

it('groups rows with the same error, and shows the first 20 of them', () => {
  const refused = Array.from({ length: 23 }, (_, n) => ({ ...BAD, index: 2 * n }))
  const conflict = {
    ...BAD,
    code: 'COLUMNS_CONFLICT',
    field: 'time',
    other: 'exported_at',
    index: 7,
  } as const
  const { errors, moreErrors } = JSON.parse(answer([PROFILE], [...refused, conflict]).body)
  expect(errors).toMatchObject([
    {
      index: 0,
      field: 'op',
      code: 'OP_UNKNOWN',
      rows: 23,
      indexes: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38],
    },
    { index: 7, field: 'time', conflictsWith: 'exported_at', code: 'COLUMNS_CONFLICT' },
  ])
  expect([errors[1].indexes, moreErrors]).toEqual([undefined, undefined])
})

it('names ignored fields only where they look like names, the first 20, and counts the others', () => {
  const told = (names: string[]) => JSON.parse(answer([PROFILE], [], names).body)
  const data = ['jane@example.com', '33600000000', 'y'.repeat(65), 'Jane Doe']
  expect(told(['page', ...data, '__proto__x', 'run-id'])).toMatchObject({
    ignoredFields: ['page', '__proto__x', 'run-id'],
    moreIgnoredFields: 4,
  })
  const names = Array.from({ length: 23 }, (_, n) => `fixture-field-${n}`)
  expect(told(names)).toMatchObject({ ignoredFields: names.slice(0, 20), moreIgnoredFields: 3 })
})

it('cuts headers that are endless', () => {
  const ignoredFields = Array.from({ length: 50 }, () => 'y'.repeat(5_000))
  const { body } = answer([PROFILE], [{ ...BAD, field: 'x'.repeat(5_000) }], ignoredFields)
  expect(body.length).toBeLessThan(4_000)
})

describe('problems', () => {
  it('a request without one usable row is one', () => {
    const { status, headers, body } = answer([], [BAD])
    expect(status).toBe(422)
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json' })
    expect(JSON.parse(body)).toMatchObject({
      type: 'urn:actioniq-braze-bridge:problem:no-row-usable',
      title: 'None of the rows can be used',
      status: 422,
      requestId: 'request-1',
      received: 1,
      accepted: 0,
      rejected: 1,
      errors: [{ index: 2, field: 'op', code: 'OP_UNKNOWN' }],
    })
  })

  it('a request without rows is none', () => {
    expect(answer([], []).status).toBe(200)
  })

  it('carry their own headers', () => {
    expect(answerTo(SECRET_UNREADABLE, 'request-1')).toEqual({
      status: 503,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'retry-after': '10',
      },
      body: '{"type":"urn:actioniq-braze-bridge:problem:secret-unreadable","title":"The token could not be checked","status":503,"detail":"The inbound secret could not be read just now, so nothing was accepted. Send the same request again.","requestId":"request-1"}',
    })
  })
})
