import { describe, expect, test } from 'vitest'
import { planRedrive } from '../../../../bin/ops/redrive/plan.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { DEFAULT_OPTIONS, deadLetterOf, event, messageBody, NOON, profile, rowsBody } from './harness.ts'

const EVENT = event('fixture-event-7731')

/** A short form of what happens to each part of each dead letter. */
const outcome = (deadLetters: Parameters<typeof planRedrive>[0], choice = {}) =>
  planRedrive(deadLetters, { ...DEFAULT_OPTIONS, ...choice }, NOON, SETTINGS).map(({ deadLetter, parts }) => [
    deadLetter.messageId,
    ...parts.map(({ decision }) => (decision.kind === 'back' ? decision.row.json : decision.reason)),
  ])

/** The attributes of each dead letter that must be marked as overtaken. */
const marked = (deadLetters: Parameters<typeof planRedrive>[0], choice = {}) =>
  planRedrive(deadLetters, { ...DEFAULT_OPTIONS, ...choice }, NOON, SETTINGS).map(({ parts }) =>
    parts.map(({ overtaken }) => overtaken?.attributes),
  )

/** A dead letter of the worker with one profile record. */
const refused = (
  messageId: string,
  attributes: object,
  envelope: Parameters<typeof messageBody>[2] & { user?: string } = {},
) => {
  const { user, ...overrides } = envelope
  const body = messageBody('ATTRIBUTE_REFUSED', [profile(attributes, user)], { id: messageId, ...overrides })
  return deadLetterOf(body, { messageId })
}

describe('age', () => {
  const deadLetters = [
    refused('older', { tier: 'a' }, { receivedAt: '2026-11-19T11:59:59.000Z' }),
    refused('younger', { tier: 'b' }, { receivedAt: '2026-11-19T12:00:00.000Z', user: 'fixture-u2' }),
    deadLetterOf(messageBody('EVENT_REFUSED', [EVENT], { receivedAt: '2026-11-10T12:00:00.000Z' }), {
      messageId: 'event',
      queue: 'events',
    }),
    refused('timeless', { tier: 'c' }, { receivedAt: 'no time', user: 'fixture-u3' }),
  ]

  test('a profile record of over 24 hours or unknown age stays, an event is redriven', () => {
    expect(outcome(deadLetters)).toEqual([
      ['older', 'too old'],
      ['younger', '{"type":"profile","external_id":"fixture-u2","attributes":{"tier":"b"}}'],
      ['event', '{"type":"event","external_id":"fixture-u1","name":"fixture-event-7731"}'],
      ['timeless', 'too old'],
    ])
  })

  test('unless stale ones are included', () => {
    expect(outcome(deadLetters, { includeStale: true }).flat()).not.toContain('too old')
  })
})

test('what the worker would reject again stays, and so does nothing else', () => {
  const long = refused('long', { note: 'x'.repeat(256) })
  const unchanged = refused('short', { note: 'x'.repeat(255) }, { user: 'fixture-u2' })
  const dollar = { ...EVENT, properties: { $price: 1 } }
  const reserved = deadLetterOf(messageBody('EVENT_REFUSED', [dollar]), {
    messageId: 'event',
    queue: 'events',
  })
  expect(outcome([long, unchanged, reserved]).map(([, decision = '']) => decision.slice(0, 10))).toEqual([
    'would fail',
    '{"type":"p',
    'would fail',
  ])
})

describe('a later dead letter of the same person', () => {
  const older = refused('older', { tier: 'a', city: 'x' }, { receivedAt: '2026-11-20T10:00:00.000Z' })
  const newer = deadLetterOf(
    messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], {
      ...{ id: 'newer', receivedAt: '2026-11-20T10:00:00.001Z', connection: 'other' },
    }),
    { messageId: 'newer' },
  )

  test('takes its attributes out of the earlier one, whichever is listed first', () => {
    expect(outcome([newer, older])).toEqual([
      ['newer', '{"type":"profile","external_id":"fixture-u1","attributes":{"tier":"b"}}'],
      ['older', '{"type":"profile","external_id":"fixture-u1","attributes":{"city":"x"}}'],
    ])
  })

  test('also where a filter leaves the later one out', () => {
    const cut = ['older', '{"type":"profile","external_id":"fixture-u1","attributes":{"city":"x"}}']
    const notMeant = ['newer', 'not meant']
    expect(outcome([older, newer], { codes: ['ATTRIBUTE_REFUSED'] })).toEqual([cut, notMeant])
    expect(outcome([older, newer], { connection: 'default' })).toEqual([cut, notMeant])
  })

  test('marks what it overwrites, also in a dead letter that is not selected or too old', () => {
    expect(marked([older, newer])).toEqual([[{ tier: 'a' }], [undefined]])
    expect(marked([older, newer], { codes: ['REJECTED_BY_BRAZE'] })).toEqual([[{ tier: 'a' }], [undefined]])
    expect(marked([older, newer], { codes: ['REJECTED_BY_BRAZE'], includeStale: true })).toEqual([
      [{ tier: 'a' }],
      [undefined],
    ])
    expect(marked([older, newer], { maxAgeMs: 0 })).toEqual([[{ tier: 'a' }], [undefined]])
    expect(marked([older, newer], { includeStale: true })).toEqual([[undefined], [undefined]])
  })

  test('a dead letter that an earlier run has marked stays on its own, unless stale ones are included', () => {
    const body = messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })]).replace(
      '"v":1',
      '"overtaken":true,"v":1',
    )
    expect(outcome([deadLetterOf(body)])).toEqual([['letter-1', 'overtaken']])
    expect(outcome([deadLetterOf(body)], { includeStale: true })[0]).not.toContain('overtaken')
    expect(marked([deadLetterOf(body)])).toEqual([[undefined]])
  })

  test('leaves nothing where it sets everything', () => {
    const all = refused('all', { tier: 'b', city: 'y' })
    expect(outcome([older, all])[0]).toEqual(['older', 'overtaken'])
  })

  test('counts as a row too, if it can be read', () => {
    const conflict = rowsBody('MEMBERSHIP_CONFLICT', ['{"user_id":"fixture-u1","tier":"c","city":"z"}'])
    const row = deadLetterOf(conflict, { messageId: 'row' })
    expect(outcome([older, row])[0]).toEqual(['older', 'overtaken'])
  })

  test('is recognised by its position if both came in one message or one request', () => {
    const [first, second] = [3, 20].map((index) =>
      deadLetterOf(messageBody('ATTRIBUTE_REFUSED', [profile({ tier: `t${index}` })]), {
        messageId: `at ${index}`,
        dedupId: `message-1-${index}`,
        sentAt: NOON - index,
      }),
    )
    if (!first || !second) throw new Error('two letters')
    expect(outcome([first, second])[0]).toEqual(['at 3', 'overtaken'])
    const [row, later] = [1, 2].map((from) =>
      deadLetterOf(rowsBody('OP_UNKNOWN', [`{"user_id":"fixture-u1","tier":"t${from}"}`], { from }), {
        messageId: `row ${from}`,
        sentAt: NOON - from,
      }),
    )
    if (!row || !later) throw new Error('two letters')
    expect(outcome([row, later])[0]).toEqual(['row 1', 'overtaken'])
  })

  test('a dead letter that exists twice overtakes nothing', () => {
    const twice = [older, { ...older, messageId: 'again', sentAt: NOON + 600_000 }]
    expect(outcome(twice).flat()).not.toContain('overtaken')
  })
})

describe('doubtful', () => {
  test.each(['MAY_HAVE_ARRIVED', 'BRAZE_FAILS_ON_IT', 'WORKER_DIED', undefined])(
    'events of %s stay',
    (code) => {
      const deadLetter = deadLetterOf(messageBody(code, [EVENT]), { queue: 'events' })
      expect(outcome([deadLetter])).toEqual([['letter-1', 'doubtful']])
      expect(outcome([deadLetter], { includeDoubtful: true })).toEqual([
        ['letter-1', '{"type":"event","external_id":"fixture-u1","name":"fixture-event-7731"}'],
      ])
    },
  )

  test('so does an increment, and a plain value is redriven', () => {
    const deadLetter = deadLetterOf(
      messageBody('WORKER_DIED', [profile({ n: { inc: 1 } }), profile({ tier: 'a' })]),
    )
    expect(outcome([deadLetter])).toEqual([
      ['letter-1', 'doubtful', '{"type":"profile","external_id":"fixture-u1","attributes":{"tier":"a"}}'],
    ])
  })
})

describe('what cannot be redriven', () => {
  test('rows that still cannot be read, or of which only the identifiers were kept; records of nobody', () => {
    const rows = deadLetterOf(
      rowsBody('OP_UNKNOWN', [
        '{"user_id":"fixture-u1","audience_id":"7","op":"maybe"}',
        '{"user_id":"fixture-u2","tier":"a"}',
      ]),
    )
    const omitted = deadLetterOf(
      rowsBody('ROW_TOO_LARGE', ['{"external_id":"fixture-u1","tier":"a"}']).replace(
        '"index":0',
        '"index":0,"omittedBytes":200000',
      ),
    )
    const nobody = deadLetterOf(
      messageBody('IDENTIFIER_MISSING', [{ type: 'profile', attributes: { tier: 'a' } }]),
    )
    expect(outcome([rows, omitted, nobody])).toEqual([
      ['letter-1', 'refused', '{"type":"profile","external_id":"fixture-u2","attributes":{"tier":"a"}}'],
      ['letter-1', 'omitted'],
      ['letter-1', 'nobody'],
    ])
  })

  test('what others wrote, and a newer version', () => {
    const bodies = ['no JSON', '{"failure":{"code":"MESSAGE_UNREADABLE"},"body":"x"}', '{"v":2}']
    const plan = planRedrive(
      bodies.map((body) => deadLetterOf(body)),
      DEFAULT_OPTIONS,
      NOON,
      SETTINGS,
    )
    expect(plan.map(({ deadLetter: { code, content } }) => [code, content.kind])).toEqual([
      ['MOVED_BY_SQS', 'foreign'],
      ['MESSAGE_UNREADABLE', 'foreign'],
      ['MOVED_BY_SQS', 'newer version'],
    ])
  })
})

describe('numbers beyond 2^53', () => {
  test('an id is redriven digit by digit, an attribute that would be altered stays', () => {
    const deadLetter = deadLetterOf(
      rowsBody('AUDIENCE_ID_INVALID', [
        '{"user_id":12345678901234567891,"tier":"a"}',
        '{"user_id":"fixture-u2","n":12345678901234567891}',
      ]),
    )
    expect(outcome([deadLetter])).toEqual([
      [
        'letter-1',
        '{"type":"profile","external_id":"12345678901234567891","attributes":{"tier":"a"}}',
        'refused',
      ],
    ])
  })
})

test('what the rows inherited still counts, in the form in which it was kept', () => {
  const deadLetter = deadLetterOf(
    rowsBody('COLUMNS_CONFLICT', ['{"user_id":"fixture-u1"}'], {
      inherited: { audience: '7', split: '2', op: 'leave', exported: '2026-11-20T10:00:00Z' },
    }),
  )
  expect(outcome([deadLetter])).toEqual([
    [
      'letter-1',
      '{"type":"profile","external_id":"fixture-u1","memberships":[{"audience_id":"7","split_id":"2","member":false}],"source_time":"2026-11-20T10:00:00Z"}',
    ],
  ])
})

test('a row whose column held an operation in another row of its request stays, until the settings read it', () => {
  const rows = ['cancelled by us', 'remove'].map((operation, index) =>
    JSON.stringify({ external_id: `fixture-u${index}`, audience_id: '7', operation }),
  )
  const body = rowsBody('OP_UNCLEAR', rows).replaceAll('"row":', '"field":"operation","row":')
  const [planned = []] = outcome([deadLetterOf(body)])
  expect(planned.slice(1)).toEqual(['refused', 'refused'])
  const columns = { operation: { rename: 'crm_note' } }
  const settings = { ...SETTINGS, connections: Connections.parse({ default: { columns } }) }
  const [{ parts } = { parts: [] }] = planRedrive([deadLetterOf(body)], DEFAULT_OPTIONS, NOON, settings)
  expect(parts.map(({ decision }) => decision.kind)).toEqual(['back', 'back'])
})

test('a row of another program under the endpoint of Braze’s own format stays', () => {
  const body = rowsBody('ROW_INVALID', ['{"fixture":1}'], { endpoint: 'users/track' })
  expect(outcome([deadLetterOf(body)])).toEqual([['letter-1', 'refused']])
})
