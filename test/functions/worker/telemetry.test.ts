import { expect, test } from 'vitest'
import { createWorkerHarness, events, list, NOON, profiles, tier } from './harness.ts'

/** The worker writes log lines for people and commands, and metrics for dashboards and alarms. */

const member = (external_id: string, more: object = {}) => ({
  external_id,
  run_id: '889',
  memberships: [{ audience_id: '1042', split_id: '2', member: true }],
  ...more,
})
const badFlag = (external_id: string) => ({ external_id, run_id: '889', attributes: { AIQ_1042_3: 'yes' } })

const linesOf = (harness: ReturnType<typeof createWorkerHarness>, message: string) =>
  harness.logged.filter((line) => line.message === message).map(({ fields }) => fields)

/** Filters out counts of zero, which are not published. */
const countsOf = (harness: ReturnType<typeof createWorkerHarness>) =>
  harness.counted.filter((counted) => Array.isArray(counted) && counted[1] !== 0)

test('an invocation tells how far each run and audience came, and counts by connection and kind', async () => {
  const harness = createWorkerHarness()
  const rows = [member('fixture-u1'), member('fixture-u2'), badFlag('fixture-u1'), tier('fixture-u3', 1)]
  await harness.work([
    profiles('m0', rows),
    profiles('m1', [member('fixture-u4', { run_id: 'fixture run' })], { lane: 'lane-1' }),
  ])
  const where = { stage: 'delivered', connection: 'default', kind: 'profiles' }
  expect(linesOf(harness, 'run progress')).toEqual([
    { ...where, run: '889', delivered: 2, parked: 1 },
    { ...where, run: '-', delivered: 1, parked: 0 },
    { ...where, run: '(other)', delivered: 1, parked: 0 },
  ])
  expect(linesOf(harness, 'audience progress')).toEqual([
    { ...where, run: '889', audience: '1042_2', delivered: 2 },
    { ...where, run: '(other)', audience: '1042_2', delivered: 1 },
  ])
  expect(linesOf(harness, 'worked')).toEqual([
    {
      kind: 'profiles',
      messages: 2,
      delivered: 4,
      parked: 1,
      returned: 0,
      requests: 1,
      objects: 4,
      ms: expect.any(Number),
      finished: [
        { requestId: 'request-1', messageId: 'm0', delivered: 3, parked: 1, codes: { FLAG_NOT_BOOLEAN: 1 } },
        { requestId: 'request-1', messageId: 'm1', delivered: 1, parked: 0 },
      ],
    },
  ])
  expect(countsOf(harness)).toEqual([
    ['BrazeAnswers', 1, { answer: '2xx' }],
    ['RecordsDelivered', 4, { connection: 'default', kind: 'profiles' }],
    ['RecordsParked', 1, { connection: 'default', kind: 'profiles' }],
    ['BrazeRequests', 1, { kind: 'profiles' }],
    ['BrazeObjects', 4, { kind: 'profiles' }],
    ['Parked', 1, { code: 'FLAG_NOT_BOOLEAN' }],
  ])
})

test('a parked record is told with its run, its place and the hash of its person', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m0', [member('fixture-u-1'), badFlag('fixture-u-1')])])
  const line = {
    code: 'FLAG_NOT_BOOLEAN',
    connection: 'default',
    kind: 'profiles',
    run: '889',
    requestId: 'request-1',
    messageId: 'm0',
    index: 1,
  }
  expect(linesOf(harness, 'parked')).toEqual([{ ...line, person: '0c909c5224ad4491' }])

  const nameless = createWorkerHarness()
  nameless.isLogKeyReadable = false
  await nameless.work([profiles('m0', [member('fixture-u-1'), badFlag('fixture-u-1')])])
  expect(linesOf(nameless, 'parked')).toEqual([line])
})

test('where the time is needed for the answer, no key is read for the log', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m0', [badFlag('fixture-u-1')])], { deadlineMs: 0 })
  expect(linesOf(harness, 'parked')).toMatchObject([{ code: 'FLAG_NOT_BOOLEAN' }])
  expect(linesOf(harness, 'parked')[0]).not.toHaveProperty('person')
})

test('of many parked records the first twenty are told, and all are counted', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles(
      'm0',
      list(30, (n) => badFlag(`fixture-u-${n}`)),
    ),
  ])
  expect(linesOf(harness, 'parked')).toHaveLength(20)
  expect(countsOf(harness)).toContainEqual(['Parked', 30, { code: 'FLAG_NOT_BOOLEAN' }])
})

test('a message that nobody can read is logged by its id', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m0', [], { body: 'fixture-no-json' })])
  expect(linesOf(harness, 'parked')).toEqual([
    { code: 'MESSAGE_UNREADABLE', connection: '-', kind: 'profiles', run: '-', messageId: 'm0' },
  ])
  expect(countsOf(harness)).toEqual([
    ['RecordsParked', 1, { connection: '-', kind: 'profiles' }],
    ['Parked', 1, { code: 'MESSAGE_UNREADABLE' }],
  ])
})

test('the way of a message is measured from its request to Braze’s answer, where something was delivered', async () => {
  const harness = createWorkerHarness()
  harness.sendBatchMs = 4_000
  harness.braze.script([{ do: 'delay', delayMs: 700 }])
  const event = { external_id: 'fixture-u1', name: 'fixture-e' }
  // Parking the second record takes time after Braze's answer. That time is not part of the measurement.
  await harness.work([
    events('m0', [event, { ...event, name: 'x'.repeat(300) }]),
    events('m1', [{ ...event, name: 'x'.repeat(300) }], { lane: 'lane-1' }),
  ])
  expect(harness.measured).toEqual([['AcceptedToDelivered', 60_700, { kind: 'events' }]])
  expect(NOON - Date.parse('2026-11-20T11:59:00.000Z')).toBe(60_000)
})

test.each([
  [201, '2xx'],
  [401, '401'],
  [404, '404'],
  [429, '429'],
  [418, 'other'],
  [503, '5xx'],
])('an answer %d of Braze counts as %s', async (status, answer) => {
  const harness = createWorkerHarness()
  if (status !== 201) harness.braze.script([{ do: 'answer', status }])
  await harness.work([profiles('m0', [tier('fixture-u1', 1)])])
  expect(harness.counted).toContainEqual(['BrazeAnswers', 1, { answer }])
})

test('no answer counts too', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'reset', apply: false }])
  await harness.work([profiles('m0', [tier('fixture-u1', 1)])])
  expect(countsOf(harness)).toEqual([
    ['BrazeAnswers', 1, { answer: 'none' }],
    ['MessagesReturned', 1],
    ['BrazeRequests', 1, { kind: 'profiles' }],
    ['BrazeObjects', 1, { kind: 'profiles' }],
  ])
})
