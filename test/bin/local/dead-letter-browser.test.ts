import { expect, test } from 'vitest'
import { openDeadLetterBrowser } from '../../../bin/local/dead-letter-browser.ts'
import type { ListedMessage } from '../../../bin/local/queues.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const queueOf = (name: string) => ({ name, url: '', arn: '' })

const deadLetter = (messageId: string, sentAt: number, body: unknown): ListedMessage => ({
  messageId,
  sentAt,
  group: messageId,
  dedupId: messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const failure = (code: string, reason = 'fixture reason') => ({ code, reason, hint: 'fixture hint' })

/** @param tick how far the clock advances each time it is read, in milliseconds. */
const open = (profiles: readonly ListedMessage[], { events = [] as ListedMessage[], tick = 0 } = {}) => {
  let now = 0
  const clock = {
    wait: (ms: number) => {
      now += ms
    },
  }
  const desk = openDeadLetterBrowser(
    {
      list: ({ name }) => [...(name === 'events-dlq' ? events : profiles)],
      profilesDlq: queueOf('profiles-dlq'),
      eventsDlq: queueOf('events-dlq'),
    },
    Connections.parse({ crm: { columns: { wave: { rename: 'run_id' } } } }),
    () => {
      now += tick
      return now
    },
  )
  return { ...desk, ...clock }
}

const record = { type: 'profile', external_id: 'fixture-u1' }

test('letters of one code are one group, in the words of the newest', () => {
  const desk = open(
    [
      deadLetter('a', 2, {
        failure: failure('B_CODE', 'newer'),
        connection: 'crm',
        records: [record, record],
      }),
      deadLetter('b', 1, { failure: failure('B_CODE', 'older'), connection: 'crm', records: [record] }),
    ],
    {
      events: [
        deadLetter('c', 3, { failure: failure('A_CODE'), connection: 'default', rows: [{ row: {} }] }),
      ],
    },
  )
  expect(desk.overview()).toEqual({
    unread: 0,
    groups: [
      { code: 'A_CODE', reason: 'fixture reason', hint: 'fixture hint', at: 3, size: 1, deadLetters: 1 },
      { code: 'B_CODE', reason: 'newer', hint: 'fixture hint', at: 2, size: 3, deadLetters: 2 },
    ],
  })
  expect(desk.newest('B_CODE', 1)).toMatchObject([
    { messageId: 'a', queue: 'profiles', connection: 'crm', size: 2 },
  ])
  expect(desk.body('c')).toContain('"A_CODE"')
  expect(desk.body('d')).toBeUndefined()
})

test('a letter tells its run where all it holds are of one', () => {
  const runs = [
    { records: [{ run_id: '889' }, { run_id: '889' }] },
    { records: [{ run_id: '889' }, { run_id: '890' }] },
    { records: [{ run_id: '889' }, {}] },
    { inherited: { run: '891' }, rows: [{ row: { n: 1 } }] },
    { rows: [{ row: { run_id: '892' } }] },
    { rows: [{ row: { AIQ_ExportID: 893 } }] },
    { connection: 'crm', rows: [{ row: { Wave: '894' } }] },
    { connection: 'constructor', rows: [{ row: { export_id: '895' } }] },
  ].map((held, index) => deadLetter(`m-${index}`, index, { failure: failure('CODE'), ...held }))
  const desk = open(runs)
  desk.overview()
  expect(desk.newest('CODE', 9).map(({ run }) => run)).toEqual([
    '895',
    '894',
    '893',
    '892',
    '891',
    undefined,
    undefined,
    '889',
  ])
})

test('what SQS moved, and what others wrote, is shown too', () => {
  const desk = open([
    deadLetter('moved', 1, { v: 1, connection: 'default', records: [record] }),
    deadLetter('text', 2, 'no JSON'),
    deadLetter('list', 3, [1, 2]),
    deadLetter('odd', 4, { failure: failure('<b>'), records: 'none' }),
  ])
  expect(desk.overview().groups.map(({ code, deadLetters, size }) => [code, deadLetters, size])).toEqual([
    ['MOVED_BY_SQS', 3, 1],
    ['UNKNOWN', 1, 0],
  ])
})

test('very many are read bit by bit, and looked at the more seldom the longer that takes', () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    deadLetter(`m-${index}`, index, { failure: failure('CODE') }),
  )
  const desk = open(many, { tick: 5 })
  expect(desk.overview()).toMatchObject({ unread: 21, groups: [{ deadLetters: 9 }] })
  expect(desk.overview().unread).toBe(21)
  desk.wait(1_000)
  expect(desk.overview().unread).toBe(12)
})
