import { expect, test } from 'vitest'
import { plain } from '../../../bin/cli/paint.ts'
import type { LocalDeadLetter } from '../../../bin/local/dead-letters.ts'
import { reportSample, type SampleResponse } from '../../../bin/local/demo.ts'

const PROFILES = [
  {
    external_id: 'p-1',
    braze_id: 'b-1',
    user_aliases: [],
    custom_attributes: { AIQ_1042_2: true, tier: 'fixture-tier-7731' },
    standard: { email: 'p-1@fixture.example' },
  },
  { external_id: 'p-2', braze_id: 'b-2', user_aliases: [], custom_attributes: {}, standard: {} },
]
const seen = (time: string) => ({
  braze_id: 'b-1',
  external_id: 'p-1',
  name: 'seen',
  time,
  at: 1,
  properties: { n: 1 },
})

const report = (
  rows: unknown,
  answer: Partial<SampleResponse> = {},
  deadLetters: LocalDeadLetter[] = [],
  events = [seen('t-1')],
) => {
  const braze = {
    profile: (id: { external_id: string } | { braze_id: string }) =>
      PROFILES.find((one) =>
        'external_id' in id ? one.external_id === id.external_id : one.braze_id === id.braze_id,
      ),
    events: () => events,
  }
  const sample = {
    file: 'fixture.json',
    path: '/v1/records',
    body: JSON.stringify(rows),
    answer: { status: 200, requestId: 'r-1', errors: [], ...answer },
  }
  return reportSample(sample, braze, deadLetters, plain)
}

test('a profile row shows what the person has in Braze, by either id', () => {
  expect(report({ records: [{ external_id: 'p-1' }, { braze_id: 'b-2' }] })).toEqual([
    '',
    'fixture.json to /v1/records, answered 200',
    '  row 0  p-1                       email = "p-1@fixture.example"',
    '                                   AIQ_1042_2 = true',
    '                                   tier = "fixture-tier-7731"',
    '  row 1  b-2                       in Braze, without attributes',
  ])
})

test('an event row shows the event, and how often Braze has it', () => {
  const rows = [{ external_id: 'p-1', event_name: 'seen' }]
  expect(report(rows).slice(2)).toEqual([
    '  row 0  p-1                       event seen at t-1',
    '                                   n = 1',
  ])
  expect(report(rows, {}, [], [seen('t-1'), seen('t-2')]).slice(2)).toEqual([
    '  row 0  p-1                       event seen at t-2',
    '                                   n = 1',
    '                                   in Braze 2 times by now: unlike AWS, the local queues recognize no',
    '                                   repetition from before a stop, so each demo sends the event again, and',
    '                                   Braze keeps both',
  ])
})

test('a row that the receiver refused shows its code and why, in short lines', () => {
  const message = `The row is wrong. ${'Change it. '.repeat(7)}Done.`
  const lines = report([{}], { errors: [{ index: 0, code: 'FIXTURE_CODE', message }] })
  expect(lines.slice(2)).toEqual([
    '  row 0  (nobody)                  parked: FIXTURE_CODE',
    '                                   The row is wrong. Change it. Change it. Change it. Change it. Change it.',
    '                                   Change it. Change it. Done.',
  ])
})

test('a row that the worker parked shows its own dead letter, not that of another request', () => {
  const deadLetter = (requestId: string, code: string): LocalDeadLetter => ({
    queue: 'profiles',
    messageId: 'm-1',
    body: '',
    requestId,
    failure: { code, reason: 'Why.', hint: 'What to do.', at: '2026-11-20T09:05:07Z' },
    records: [{ type: 'profile', external_id: 'p-1' }],
  })
  expect(
    report([{ external_id: 'p-1' }], {}, [deadLetter('r-0', 'OLD'), deadLetter('r-1', 'NEW')]).slice(2),
  ).toEqual([
    '  row 0  p-1                       parked: NEW',
    '                                   Why. What to do.',
  ])
})

test('what has not arrived is not made up', () => {
  expect(report([{ external_id: 'p-9' }]).slice(2)).toEqual([
    '  row 0  p-9                       not in Braze yet',
  ])
  expect(report([{ external_id: 'p-2', event_name: 'seen' }]).slice(2)).toEqual([
    '  row 0  p-2                       seen: not in Braze yet',
  ])
})
