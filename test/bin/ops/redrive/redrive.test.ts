import { describe, expect, test } from 'vitest'
import { acceptedAt, createRedriveHarness, event, messageBody, profile, rowsBody } from './harness.ts'

const names = (harness: ReturnType<typeof createRedriveHarness>) =>
  harness.recordsIn('events').map(({ name }) => name)
const row = (n: number) => `{"user_id":"fixture-u1","event_name":"fixture-e${n}"}`

test('a dead letter becomes a message of its user’s lane, and keeps the time of its acceptance', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'fixture-tier-7731' })]))
  const { complete } = await harness.redrive()
  expect(complete).toBe(true)
  expect(harness.queued('profiles')).toEqual([
    {
      group: 'lane-4',
      v: 1,
      id: expect.stringMatching(/^id-/),
      connection: 'default',
      receivedAt: '2026-11-20T11:00:00.000Z',
      requestId: 'request-1',
      records: [profile({ tier: 'fixture-tier-7731' })],
    },
  ])
  expect(harness.deadLetters('profiles')).toEqual([])
  expect(harness.calls).toEqual(['send to profiles', 'delete profiles-dlq-1'])
})

test('without yes nothing is sent, nothing is deleted, and everything is visible again', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })]))
  await harness.redrive({ yes: false })
  expect(harness.calls).toEqual([])
  expect(harness.visible('profiles')).toBe(1)
})

test('records are redriven in the order of their acceptance, whatever the order of the dead letters', async () => {
  const harness = createRedriveHarness()
  for (const n of [3, 1, 2])
    harness.park('events', messageBody('EVENT_REFUSED', [event(`fixture-e${n}`)], acceptedAt(n)))
  await harness.redrive()
  expect(names(harness)).toEqual(['fixture-e1', 'fixture-e2', 'fixture-e3'])
})

test('rows of one request are redriven in the order of the request, also from two dead letters', async () => {
  const harness = createRedriveHarness()
  const given = { endpoint: 'events' }
  const first = rowsBody('VALUE_NOT_TEXT', [row(0), row(2)], given).replace('"index":1,', '"index":2,')
  harness.park('events', first)
  harness.park('events', rowsBody('TIME_UNREADABLE', [row(1)], { ...given, from: 1 }))
  expect((await harness.redrive()).complete).toBe(true)
  expect(names(harness)).toEqual(['fixture-e0', 'fixture-e1', 'fixture-e2'])
  expect(harness.deadLetters('events')).toEqual([])
})

test('a whole message is redriven by the receiver’s rules: at most 75 of one lane that are not safe to resend', async () => {
  const harness = createRedriveHarness()
  const records = Array.from({ length: 80 }, (_, n) => event(`fixture-e${n}`))
  harness.park('events', messageBody('WORKER_DIED', records))
  await harness.redrive({ includeDoubtful: true })
  expect(harness.queued('events').map((message) => message.records.length)).toEqual([75, 5])
})

test('--include-stale redrives both dead letters whole, the older first', async () => {
  const harness = createRedriveHarness()
  const attributes = (tier: string) => [profile({ tier })]
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', attributes('b'), acceptedAt(11)))
  const tenDaysOlder = { id: 'm-1', receivedAt: '2026-11-10T11:00:00.000Z' }
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', attributes('a'), tenDaysOlder))
  await harness.redrive({ includeStale: true })
  expect(harness.recordsIn('profiles')).toEqual([profile({ tier: 'a' }), profile({ tier: 'b' })])
})

describe('if SQS does not accept a message', () => {
  test('its lane ends there, other lanes go on, and every dead letter that was not redriven is visible again', async () => {
    const harness = createRedriveHarness()
    for (const [n, user] of [
      [1, 'fixture-u1'],
      [2, 'fixture-u1'],
      [3, 'fixture-u2'],
    ] as const)
      harness.park('events', messageBody('EVENT_REFUSED', [event(`fixture-e${n}`, user)], { id: `m-${n}` }))
    const sendBatch: typeof harness.deps.sendBatch = async (batch) =>
      batch.some(({ body }) => body.includes('fixture-e1')) ? batch : harness.deps.sendBatch(batch)
    const { complete, done: calls, partlySent } = await harness.redrive({}, { sendBatch })
    expect([complete, calls.size, partlySent.size]).toEqual([false, 1, 1])
    expect(names(harness)).toEqual(['fixture-e3'])
    expect(harness.visible('events')).toBe(2)
    expect(harness.lines.join('\n')).toContain('Failed before the end.')
  })

  test('a dead letter whose replacements cannot be parked stays, and so does everything else', async () => {
    const harness = createRedriveHarness()
    harness.park(
      'profiles',
      rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1"}', '{"user_id":"fixture-u2","tier":"a"}']),
    )
    const sendBatch: typeof harness.deps.sendBatch = async (batch) =>
      batch.some(({ queueUrl }) => queueUrl === 'profiles-dlq') ? batch : harness.deps.sendBatch(batch)
    const { complete } = await harness.redrive({}, { sendBatch })
    expect(complete).toBe(false)
    expect([harness.deadLetters('profiles').length, harness.queued('profiles')]).toEqual([1, []])
  })
})

test('a receive that fails leaves what was received before visible', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })]))
  const receive: typeof harness.deps.receive = async (queue, seconds) => {
    if (queue === 'events') throw new Error('fixture network')
    return harness.deps.receive(queue, seconds)
  }
  await expect(harness.redrive({}, { receive })).rejects.toThrow('fixture network')
  expect(harness.visible('profiles')).toBe(1)
})

test('the output names no person', async () => {
  const harness = createRedriveHarness()
  harness.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'fixture-tier-7731', 'fixture-column': 1 })]),
  )
  harness.park('profiles', rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1"}']))
  harness.park('profiles', '{"fixture-field":"fixture-value","failure":{"code":"fixture-code"}}')
  await harness.redrive({ yes: false })
  expect(harness.lines.join('\n')).toContain('Would redrive 1 record of 1 dead letter')
  expect(harness.lines.join('\n')).not.toContain('fixture')
})

test('a dead letter that exists twice is redriven once, and its duplicate is gone', async () => {
  const harness = createRedriveHarness()
  const body = messageBody('REJECTED_BY_BRAZE', [
    { type: 'event', external_id: 'fixture-u1', name: 'fixture-e', time: '2026-11-20T10:00:00Z' },
  ])
  harness.park('events', body, 'message-7-0')
  harness.wait(6 * 60_000)
  harness.park('events', body, 'message-7-0')
  await harness.redrive()
  expect(harness.recordsIn('events')).toHaveLength(1)
  expect(harness.deadLetters('events')).toEqual([])
})

test('a run or a message id that no dead letter fits is an error, and nothing is redriven', async () => {
  const harness = createRedriveHarness()
  harness.park(
    'events',
    rowsBody('TIME_UNREADABLE', [row(0)], { endpoint: 'events', inherited: { run: '889' } }),
  )
  harness.park(
    'events',
    rowsBody('TIME_UNREADABLE', [row(1)], { endpoint: 'events', inherited: { run: 'fixture@run' } }),
  )
  expect(await harness.redrive({ run: '888' })).toMatchObject({
    complete: false,
    unmatched: ['No dead letter belongs to run 888. Did you mean 889? Dead letters belong to 889.'],
  })
  expect(await harness.redrive({ deadLetterIds: ['fixture-none'] })).toMatchObject({
    complete: false,
    unmatched: ['There is no dead letter fixture-none.'],
  })
  expect([harness.calls, harness.visible('events')]).toEqual([[], 2])
})

test('a message id that no visible dead letter fits may be one of those that others hold', async () => {
  const count = async () => ({ visible: 0, hidden: 3 })
  expect(
    await createRedriveHarness().redrive({ deadLetterIds: ['fixture-1'], run: '889' }, { count }),
  ).toMatchObject({
    complete: false,
    unmatched: [
      'There is no visible dead letter fixture-1.',
      'No visible dead letter belongs to run 889. No visible dead letter names a run.',
    ],
  })
})
