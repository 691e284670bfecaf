import { expect, test } from 'vitest'
import { plain } from '../../../bin/cli/paint.ts'
import type { LocalDeadLetter } from '../../../bin/local/dead-letters.ts'
import { reportProfiles, reportSample, type SampleResponse } from '../../../bin/local/demo.ts'
import { readSampleRows } from '../../../bin/local/sample-rows.ts'
import { withSampleConnection } from '../../../bin/local/samples.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const PROFILES = [
  { external_id: 'p-3', braze_id: 'b-3', user_aliases: [], custom_attributes: {}, standard: {} },
  {
    external_id: 'p-1',
    braze_id: 'b-1',
    user_aliases: [],
    custom_attributes: { AIQ_1042_2: true, tier: 'fixture-tier-7731', store: 'Paris, Rivoli', points: 7 },
    standard: { email: 'p-1@fixture.example' },
  },
  { braze_id: 'b-2', user_aliases: [], custom_attributes: { tier: 'fixture-tier-1' }, standard: {} },
]
const seen = (time: string, n = 1) => ({
  braze_id: 'b-1',
  external_id: 'p-1',
  name: 'seen',
  time,
  at: 1,
  properties: { n },
})

/** Braze as it is when the report is made. */
const brazeWith = (events = [seen('t-1'), seen('t-2', 2)]) => ({
  profile: (id: { external_id: string } | { braze_id: string }) =>
    PROFILES.find((one) =>
      'external_id' in id ? one.external_id === id.external_id : one.braze_id === id.braze_id,
    ),
  events: () => events,
})

const SAMPLE = { file: 'fixture.json', endpoint: 'records', connection: 'sample' } as const

const rowsOf = (rows: unknown) =>
  readSampleRows({ ...SAMPLE, body: JSON.stringify(rows) }, withSampleConnection(Connections.parse({})))

const report = (
  rows: unknown,
  answer: Partial<SampleResponse> = {},
  deadLetters: LocalDeadLetter[] = [],
  braze = brazeWith(),
) =>
  reportSample(
    { ...SAMPLE, rows: rowsOf(rows), answer: { status: 200, requestId: 'r-1', errors: [], ...answer } },
    braze,
    deadLetters,
    plain,
  )

test('a row shows only what it wrote itself, and what has overwritten it', () => {
  const joined = { audience_id: '1042', split_id: '2', op: 'enter' }
  expect(
    report({
      records: [
        { external_id: 'p-1', tier: 'fixture-tier-0', EMAIL: 'p-1@fixture.example' },
        { external_id: 'p-1', tier: 'fixture-tier-7731', ...joined },
        { external_id: 'p-1', ...joined, op: 'leave' },
        { braze_id: 'b-2', tier: 'fixture-tier-1' },
      ],
    }),
  ).toEqual([
    '',
    'fixture.json to /v1/sample/records, answered 200',
    '  row 0  p-1                       tier = "fixture-tier-0" (now "fixture-tier-7731")',
    '                                   email = "p-1@fixture.example"',
    '  row 1  p-1                       tier = "fixture-tier-7731"',
    '                                   AIQ_1042_2 = true',
    '  row 2  p-1                       AIQ_1042_2 = false (now true)',
    '  row 3  b-2                       tier = "fixture-tier-1"',
  ])
})

test('a removed attribute, an operation on a value, and what Braze does not have', () => {
  const rows = [
    { external_id: 'p-1', level: null, tier: null },
    { external_id: 'p-1', points: { inc: 3 }, colour: 'fixture-red' },
  ]
  expect(report(rows).slice(2)).toEqual([
    '  row 0  p-1                       level removed',
    '                                   tier removed (now "fixture-tier-7731")',
    '  row 1  p-1                       points = {"inc":3} (now 7)',
    '                                   colour = "fixture-red" (not in Braze)',
  ])
})

test('an event row shows its own event, and how often Braze has it', () => {
  const rows = [{ external_id: 'p-1', event_name: 'seen', n: 1 }]
  expect(report(rows).slice(2)).toEqual([
    '  row 0  p-1                       event seen at t-1',
    '                                   n = 1',
  ])
  expect(report(rows, {}, [], brazeWith([seen('t-1'), seen('t-2')])).slice(2)).toEqual([
    '  row 0  p-1                       event seen at t-2',
    '                                   n = 1',
    '                                   in Braze 2 times by now: unlike AWS, the local queues recognise no',
    '                                   repetition from before a stop, so each demo sends the event again, and',
    '                                   Braze keeps both',
  ])
})

test('a row that the receiver parks shows its person, the code and why, in short lines', () => {
  const message = `The row is wrong. ${'Change it. '.repeat(7)}Done.`
  const errors = [0, 1].map((index) => ({ index, code: 'FIXTURE_CODE', message }))
  const lines = report([{ tier: 'x' }, { CUSTOMER_ID: 'p-1', event_name: '' }], { errors })
  expect(lines.slice(2, 6)).toEqual([
    '  row 0  (nobody)                  parked: FIXTURE_CODE',
    '                                   The row is wrong. Change it. Change it. Change it. Change it. Change it.',
    '                                   Change it. Change it. Done.',
    '  row 1  p-1                       parked: FIXTURE_CODE',
  ])
})

test('a row that the worker parks shows its own dead letter, not that of another request or row', () => {
  const deadLetter = (requestId: string, code: string): LocalDeadLetter => ({
    queue: 'profiles',
    messageId: 'm-1',
    body: '',
    requestId,
    failure: { code, reason: 'Why.', hint: 'What to do.', at: '2026-11-20T09:05:07Z' },
    records: [{ type: 'profile', external_id: 'p-1', attributes: { tier: 'fixture-tier-0' } }],
  })
  const rows = [
    { external_id: 'p-1', tier: 'fixture-tier-0' },
    { external_id: 'p-1', tier: 'fixture-tier-7731' },
  ]
  expect(report(rows, {}, [deadLetter('r-0', 'OLD'), deadLetter('r-1', 'NEW')]).slice(2)).toEqual([
    '  row 0  p-1                       parked: NEW',
    '                                   Why. What to do.',
    '  row 1  p-1                       tier = "fixture-tier-7731"',
  ])
})

test('what has not arrived is not made up', () => {
  expect(report([{ external_id: 'p-9', tier: 'x' }]).slice(2)).toEqual([
    '  row 0  p-9                       not in Braze yet',
  ])
  expect(report([{ external_id: 'p-3', event_name: 'seen' }]).slice(2)).toEqual([
    '  row 0  p-3                       seen: not in Braze yet',
  ])
})

test('at the end, each profile is shown once, sorted by person', () => {
  const rows = ['p-3', 'p-1', 'p-9', 'p-1'].map((external_id) => ({ external_id, tier: 'x' }))
  expect(reportProfiles(rowsOf([...rows, { braze_id: 'b-2', tier: 'x' }]), brazeWith(), plain)).toEqual([
    '',
    'In Braze now',
    '  b-2                       tier = "fixture-tier-1"',
    '  p-1                       email = "p-1@fixture.example", AIQ_1042_2 = true,',
    '                            tier = "fixture-tier-7731", store = "Paris, Rivoli", points = 7',
    '  p-3                       no attributes',
  ])
})
