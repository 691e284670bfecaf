import { expect, test } from 'vitest'
import { matchesFilter } from '../../../../bin/ops/dead-letters/filter.ts'
import { toGroups } from '../../../../bin/ops/dead-letters/group.ts'
import { inspectDeadLetter } from '../../../../bin/ops/dead-letters/inspect.ts'
import { SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { deadLetterOf, messageBody, NOON, rowsBody } from '../redrive/harness.ts'

const HOUR = 3_600_000
const profile = (run_id?: string) => ({ type: 'profile', external_id: 'fixture-u1', run_id })

const seen = (body: string, overrides: Parameters<typeof deadLetterOf>[1] = {}) =>
  inspectDeadLetter(deadLetterOf(body, overrides), SETTINGS)

test('a letter is remembered without anything of a person', () => {
  const body = rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1","run_id":889}', '{"run_id":"889"}'])
  expect(seen(body, { messageId: 'letter-7' }).seen).toEqual({
    queue: 'profiles',
    messageId: 'letter-7',
    sentAt: NOON,
    code: 'OP_UNKNOWN',
    hint: 'fixture hint',
    connection: 'default',
    run: '889',
    kind: 'rows',
    records: 2,
  })
})

test.each([
  ['none', [profile()], '-'],
  ['one', [profile('889'), profile('889')], '889'],
  ['several', [profile('889'), profile()], 'several'],
  ['one that can’t be shown', [profile('fixture@run')], '(other)'],
])('of its runs: %s', (_, records, run) => {
  expect(seen(messageBody('WORKER_DIED', records)).seen.run).toBe(run)
})

test('what others wrote is shown with nothing of theirs', () => {
  const body =
    '{"failure":{"code":"fixture code","hint":"fixture-hint"},"connection":"fixture@connection","fixture":1}'
  expect(seen(body).seen).toMatchObject({
    code: 'UNKNOWN',
    hint: 'Look at one: it was not written by the bridge, or by another version of it.',
    connection: '-',
    run: '-',
    records: 0,
  })
})

test('a connection that is named like what every object has is one that there is not', () => {
  const body = rowsBody('OP_UNKNOWN', ['{"run_id":"889"}']).replace('"default"', '"constructor"')
  expect(seen(body).seen).toMatchObject({ connection: 'constructor', run: '889' })
})

test('of a message that SQS moved it says where to look', () => {
  expect(seen(messageBody(undefined, [profile()])).seen).toMatchObject({
    code: 'MOVED_BY_SQS',
    hint: 'SQS moved the message here after 1,000 receives. The log of the worker says what it was returned for.',
  })
})

test('letters with one cause are one group, the largest first, told by their oldest', () => {
  const refused = messageBody('ATTRIBUTE_REFUSED', [profile('889')])
  const deadLetters = [
    seen(messageBody('ATTRIBUTE_REFUSED', [profile('890')]), { messageId: 'a' }),
    seen(refused, { messageId: 'b', sentAt: NOON - HOUR }),
    seen(refused, { messageId: 'c', sentAt: NOON - 2 * HOUR }),
    seen(refused, { messageId: 'd', queue: 'events' }),
  ]
  const common = { code: 'ATTRIBUTE_REFUSED', hint: 'fixture hint', connection: 'default' }
  expect(toGroups(deadLetters.map((deadLetter) => deadLetter.seen))).toEqual([
    {
      ...common,
      queue: 'profiles',
      kind: 'profiles',
      run: '889',
      letters: 2,
      records: 2,
      oldestSentAt: NOON - 2 * HOUR,
      messageId: 'c',
    },
    {
      ...common,
      queue: 'profiles',
      kind: 'profiles',
      run: '890',
      letters: 1,
      records: 1,
      oldestSentAt: NOON,
      messageId: 'a',
    },
    {
      ...common,
      queue: 'events',
      kind: 'events',
      run: '889',
      letters: 1,
      records: 1,
      oldestSentAt: NOON,
      messageId: 'd',
    },
  ])
})

test.each([
  [{}, true],
  [{ codes: ['OP_UNKNOWN', 'TIME_UNREADABLE'] }, true],
  [{ codes: ['TIME_UNREADABLE'] }, false],
  [{ connection: 'default' }, true],
  [{ connection: 'shop' }, false],
  [{ run: '889' }, true],
  [{ run: '890' }, true],
  [{ run: '891' }, false],
  [{ olderThanMs: HOUR }, true],
  [{ olderThanMs: HOUR + 1 }, false],
])('%j is meant: %s', (choice, expected) => {
  const rows = ['{"run_id":"889"}', '{"run_id":"890"}']
  const deadLetter = seen(rowsBody('OP_UNKNOWN', rows), { sentAt: NOON - HOUR })
  const all = { queues: [], codes: [], connection: undefined, run: undefined, olderThanMs: undefined }
  expect(matchesFilter(deadLetter, { ...all, ...choice }, NOON)).toBe(expected)
})
