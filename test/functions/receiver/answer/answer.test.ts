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

it('counts what was taken, and names rows that were not by index, column and rule', () => {
  const answer = answerTo(
    { records: { accepted: [PROFILE, PROFILE, EVENT], rejected: [BAD] }, ignoredFields: ['page'] },
    'request-1',
  )
  expect(answer.status).toBe(200)
  expect(answer.headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' })
  expect(JSON.parse(answer.body)).toEqual({
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
          'The operation is none of those that are known. Use add, join, enter, entered, true or 1; remove, delete, leave, exit, exited, false or 0; update or upsert.',
      },
    ],
    ignoredFields: ['page'],
  })
})

it('shows the first 20 errors and counts the others', () => {
  const refused = Array.from({ length: 23 }, (_, index) => ({ ...BAD, index }))
  const { body } = answerTo(
    { records: { accepted: [PROFILE], rejected: refused }, ignoredFields: [] },
    'request-1',
  )
  const { errors, moreErrors } = JSON.parse(body)
  expect(errors).toHaveLength(20)
  expect(errors[19].index).toBe(19)
  expect(moreErrors).toBe(3)
})

it('names ignored fields only where they look like names, and counts the others', () => {
  const names = [
    'page',
    'jane@example.com',
    '__proto__x',
    '33600000000',
    'y'.repeat(65),
    'Jane Doe',
    'run-id',
  ]
  const { body } = answerTo(
    { records: { accepted: [PROFILE], rejected: [] }, ignoredFields: names },
    'request-1',
  )
  expect(JSON.parse(body)).toMatchObject({
    ignoredFields: ['page', '__proto__x', 'run-id'],
    moreIgnoredFields: 4,
  })
})

it('names the first 20 ignored fields', () => {
  const names = Array.from({ length: 23 }, (_, n) => `fixture-field-${n}`)
  const { body } = answerTo(
    { records: { accepted: [PROFILE], rejected: [] }, ignoredFields: names },
    'request-1',
  )
  const { ignoredFields, moreIgnoredFields } = JSON.parse(body)
  expect([ignoredFields.length, ignoredFields[19], moreIgnoredFields]).toEqual([20, 'fixture-field-19', 3])
})

it('cuts headers that are endless', () => {
  const refused = [{ ...BAD, field: 'x'.repeat(5_000) }]
  const ignoredFields = Array.from({ length: 50 }, () => 'y'.repeat(5_000))
  const { body } = answerTo(
    { records: { accepted: [PROFILE], rejected: refused }, ignoredFields },
    'request-1',
  )
  expect(body.length).toBeLessThan(4_000)
})

describe('problems', () => {
  it('a request without one usable row is one', () => {
    const answer = answerTo({ records: { accepted: [], rejected: [BAD] }, ignoredFields: [] }, 'request-1')
    expect(answer.status).toBe(422)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' })
    expect(JSON.parse(answer.body)).toMatchObject({
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
    const answer = answerTo({ records: { accepted: [], rejected: [] }, ignoredFields: [] }, 'request-1')
    expect(answer.status).toBe(200)
  })

  it('carry their own headers', () => {
    expect(answerTo(SECRET_UNREADABLE, 'request-1')).toEqual({
      status: 503,
      headers: {
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'retry-after': '10',
      },
      body: '{"type":"urn:actioniq-braze-bridge:problem:secret-unreadable","title":"The token could not be checked","status":503,"detail":"The inbound secret could not be read just now, so nothing was taken. Send the same request again.","requestId":"request-1"}',
    })
  })
})
