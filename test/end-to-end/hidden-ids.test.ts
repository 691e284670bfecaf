import { expect, test } from 'vitest'
import { ask } from '../functions/receiver/ask.ts'
import { createWorkerHarness, profiles } from '../functions/worker/harness.ts'

/**
 * A wrongly mapped column can put a person's data where the id of an audience, a split, a run or an event belongs.
 * The rows go through the receiver and the worker, and Braze gets what was sent. Everything that people and systems
 * other than Braze see of them is searched for these texts. Only bodies of messages and dead letters may hold them.
 */

const PERSONAL = [
  'anna.schmidt@example.com',
  'anna.schmidt',
  'anna-schmidt',
  'Anna Schmidt',
  'Schmidt',
  '+49 176 12345678',
  '004917612345678',
  '17612345678',
  '202-555-0123',
  '1767571200',
  '078-05-1120',
  '1985-07-09',
  'DE89370400440532013000',
  '4111111111111111',
  '192.0.2.1',
]

const rowsWith = (text: string) => [
  { external_id: 'fixture-u1', audience_id: text, split_id: '2', run_id: text, op: 'enter' },
  { external_id: 'fixture-u2', audience_id: '1042', split_id: text, run_id: '889', op: 'enter' },
  // The worker parks an attribute of this row, and the receiver the whole next row.
  { external_id: 'fixture-u3', audience_id: text, run_id: text, op: 'enter', note: 'x'.repeat(256) },
  { external_id: 'fixture-u4', audience_id: text, run_id: text, op: 'fixture-op' },
  { external_id: 'fixture-u5', event_name: 'seen', event_id: text, run_id: text },
  { external_id: 'fixture-u6', event_name: 'x'.repeat(256), event_id: text, run_id: text },
]

test.each(PERSONAL)('%s is an id to Braze and to nobody else', async (text) => {
  const received = await ask(JSON.stringify(rowsWith(text)))
  expect([received.status, received.json.accepted, received.json.rejected]).toEqual([200, 5, 1])

  const harness = createWorkerHarness()
  const messages = received.sent.filter(({ queueUrl }) => queueUrl === 'profiles' || queueUrl === 'events')
  await harness.work(
    messages.map(({ queueUrl, body, group }, index) => ({
      ...profiles(`m${index}`, [], { body, lane: group }),
      queue: queueUrl === 'events' ? 'events' : 'profiles',
    })),
  )
  const flagsOf = (external_id: string) => harness.braze.profile({ external_id })?.custom_attributes
  expect([flagsOf('fixture-u1'), flagsOf('fixture-u2')]).toEqual([
    { [`AIQ_${text}_2`]: true },
    { [`AIQ_1042_${text}`]: true },
  ])
  expect(new Set(harness.deadLetterCodes())).toEqual(new Set(['ATTRIBUTE_REFUSED', 'EVENT_REFUSED']))

  const seen = [
    received.lines,
    received.counts,
    received.body,
    [...received.sent, ...harness.deadLetters].map(({ body: _body, ...outside }) => outside),
    harness.logged,
    harness.counted,
    harness.measured,
  ]
  expect(seen.filter((part) => JSON.stringify(part).includes(text))).toEqual([])
  expect(JSON.stringify(received.lines)).toContain('"run":"(other)"')
  expect(JSON.stringify(harness.logged)).toContain('"audience":"1042_(other)"')
})
