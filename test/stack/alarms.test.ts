import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALARM_HEADINGS } from '../../lib/alarms/alarm.ts'
import { alarmsOf, type SynthesisedAlarm } from './alarms.ts'
import { settings, synthesise } from './synthesise.ts'

const template = synthesise()
const alarms = alarmsOf(template)

/** By title: the metric, the threshold, how many of how many periods must breach, and what a gap means. */
const expected = {
  'Dead letters: profile changes':
    'ApproximateNumberOfMessagesVisible of ProfilesDeadLettersE6533FBC, Maximum >= 1, 1 of 20 x 60 s, notBreaching',
  'Dead letters 1 day old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesDeadLettersE6533FBC, Maximum >= 86400, 1 of 3 x 300 s, notBreaching',
  'Dead letters 7 days old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesDeadLettersE6533FBC, Maximum >= 604800, 1 of 3 x 300 s, notBreaching',
  'Dead letters 12 days old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesDeadLettersE6533FBC, Maximum >= 1036800, 1 of 3 x 300 s, notBreaching',
  'Dead letters all week: profile changes':
    'ApproximateNumberOfMessagesVisible of ProfilesDeadLettersE6533FBC, Average >= 0.9, 7 of 7 x 86400 s, notBreaching',
  'Backlog: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesQueue39CEC36C, Maximum >= 5400, 1 of 3 x 60 s, notBreaching',
  'Backlog 1 day old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesQueue39CEC36C, Maximum >= 86400, 1 of 3 x 60 s, notBreaching',
  'Backlog 7 days old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesQueue39CEC36C, Maximum >= 604800, 1 of 3 x 60 s, notBreaching',
  'Backlog 12 days old: profile changes':
    'ApproximateAgeOfOldestMessage of ProfilesQueue39CEC36C, Maximum >= 1036800, 1 of 3 x 60 s, notBreaching',
  'Dead letters: events':
    'ApproximateNumberOfMessagesVisible of EventsDeadLetters8A90034E, Maximum >= 1, 1 of 20 x 60 s, notBreaching',
  'Dead letters 1 day old: events':
    'ApproximateAgeOfOldestMessage of EventsDeadLetters8A90034E, Maximum >= 86400, 1 of 3 x 300 s, notBreaching',
  'Dead letters 7 days old: events':
    'ApproximateAgeOfOldestMessage of EventsDeadLetters8A90034E, Maximum >= 604800, 1 of 3 x 300 s, notBreaching',
  'Dead letters 12 days old: events':
    'ApproximateAgeOfOldestMessage of EventsDeadLetters8A90034E, Maximum >= 1036800, 1 of 3 x 300 s, notBreaching',
  'Dead letters all week: events':
    'ApproximateNumberOfMessagesVisible of EventsDeadLetters8A90034E, Average >= 0.9, 7 of 7 x 86400 s, notBreaching',
  'Backlog: events':
    'ApproximateAgeOfOldestMessage of EventsQueue7396B467, Maximum >= 600, 1 of 3 x 60 s, notBreaching',
  'Backlog 1 day old: events':
    'ApproximateAgeOfOldestMessage of EventsQueue7396B467, Maximum >= 86400, 1 of 3 x 60 s, notBreaching',
  'Backlog 7 days old: events':
    'ApproximateAgeOfOldestMessage of EventsQueue7396B467, Maximum >= 604800, 1 of 3 x 60 s, notBreaching',
  'Backlog 12 days old: events':
    'ApproximateAgeOfOldestMessage of EventsQueue7396B467, Maximum >= 1036800, 1 of 3 x 60 s, notBreaching',
  'Everything is held': 'BrazeHolding of Fixture-bridge, Sum >= 1, 1 of 6 x 300 s, notBreaching',
  'Braze answers 5xx':
    '100 * answers / requests (BrazeAnswers of 5xx Fixture-bridge, BrazeRequests of Fixture-bridge), Sum >= 50, 3 of 4 x 900 s, notBreaching',
  'Braze does not answer':
    '100 * answers / requests (BrazeAnswers of none Fixture-bridge, BrazeRequests of Fixture-bridge), Sum >= 50, 3 of 4 x 900 s, notBreaching',
  'Braze answers 429':
    '100 * answers / requests (BrazeAnswers of 429 Fixture-bridge, BrazeRequests of Fixture-bridge), Sum >= 10, 3 of 4 x 900 s, notBreaching',
  'The worker fails': 'Errors of WorkerFunctionAF8A26AF, Sum >= 1, 2 of 6 x 300 s, notBreaching',
  'The worker is throttled': 'Throttles of WorkerFunctionAF8A26AF, Sum >= 1, 2 of 6 x 300 s, notBreaching',
  'The bridge answers 5xx': '5xx of WebhookApi427E2EB3, Sum >= 1, 2 of 6 x 300 s, notBreaching',
  'The bridge answers slowly': 'Latency of WebhookApi427E2EB3, p99 >= 7000, 3 of 3 x 300 s, notBreaching',
  'Credentials are rejected': 'RequestsRefused of Fixture-bridge, Sum >= 1, 1 of 12 x 300 s, notBreaching',
  'The receiver is throttled':
    'Throttles of ReceiverFunction5F91F2E5, Sum >= 1, 2 of 6 x 300 s, notBreaching',
  'The exporter fails': 'Errors of ExporterFunction8FE826AC, Sum >= 1, 2 of 6 x 300 s, notBreaching',
  'Nothing is received': 'RowsAccepted of Fixture-bridge, Sum < 1, 26 of 26 x 3600 s, breaching',
  'Personal data in the log: receiver':
    'LogEventsWithFindings of Audit ReceiverLogs921D31A4, Sum >= 1, 1 of 12 x 300 s, notBreaching',
  'Personal data in the log: worker':
    'LogEventsWithFindings of Audit WorkerLogs4B5B6506, Sum >= 1, 1 of 12 x 300 s, notBreaching',
  'Personal data in the log: exporter':
    'LogEventsWithFindings of Audit ExporterLogs0C6B1C5F, Sum >= 1, 1 of 12 x 300 s, notBreaching',
  'Personal data in the log: api':
    'LogEventsWithFindings of Audit WebhookAccessLog49B4A173, Sum >= 1, 1 of 12 x 300 s, notBreaching',
}

test('these are the alarms, and so they ring', () => {
  expect(Object.fromEntries(alarms.map((alarm) => [alarm.title, summaryOf(alarm)]))).toEqual(expected)
})

function summaryOf({
  metrics,
  comparison,
  threshold,
  over,
  of,
  period,
  missingData,
}: SynthesisedAlarm): string {
  const [{ statistic }] = metrics.read
  const read = metrics.read.map(({ name, dimensions }) => `${name} of ${dimensions.join(' ')}`).join(', ')
  const what = metrics.expression === undefined ? read : `${metrics.expression} (${read})`
  const sign = { GreaterThanOrEqualToThreshold: '>=', LessThanThreshold: '<' }[comparison]
  return `${what}, ${statistic} ${sign} ${threshold}, ${over} of ${of} x ${period} s, ${missingData}`
}

test('without hours of silence in the settings nothing rings for it', () => {
  const { silenceAlarmHours: _, ...rest } = settings
  const titles = alarmsOf(synthesise({ ...rest, silenceAlarmHours: undefined })).map(({ title }) => title)
  expect(titles).not.toContain('Nothing is received')
  expect(titles).toHaveLength(alarms.length - 1)
})

test('no two alarms share a name, which CloudWatch would take for one', () => {
  expect(new Set(alarms.map(({ title }) => title)).size).toBe(alarms.length)
})

test('every dead-letter queue has an alarm for its first letter and for each age', () => {
  const queues = Object.keys(template.findResources('AWS::SQS::Queue')).filter((id) =>
    id.includes('DeadLetters'),
  )
  expect(queues).toHaveLength(2)
  for (const queue of queues) {
    const thresholds = alarms
      .filter(({ metrics: { read } }) => read.some(({ dimensions }) => dimensions.includes(queue)))
      .map(({ threshold }) => threshold)
    expect(thresholds.toSorted((a, b) => a - b)).toEqual([0.9, 1, 86_400, 604_800, 1_036_800])
  }
})

test('no alarm looks back further than CloudWatch does', () => {
  for (const { title, of, period } of alarms) {
    // CloudWatch API reference, "PutMetricAlarm": seven days, or one day if periods are shorter than an hour.
    const furthest = period < 3_600 ? 86_400 : 604_800
    expect(of * period, title).toBeLessThanOrEqual(furthest)
  }
})

test.each(alarms)('$title goes to the mail', ({ actions }) => {
  expect(actions).toEqual([{ Ref: expect.stringMatching(/^AlarmMailTopic/) }])
})

test.each(alarms)('$title says who is hurt, where to look first and what to do', ({ description }) => {
  expect(description).toMatch(
    /^Who is hurt: \S.*\.\n\nLook first at .*: https:\/\/\S+\n\nWhat to do: docs\/runbook\.md, "[^"]+"$/,
  )
  // CloudFormation does not keep other characters than ASCII everywhere, and CloudWatch limits the length.
  expect(description).toMatch(/^[\n\x20-\x7e]+$/)
  expect(description.length).toBeLessThan(1_024)
})

test('every alarm has its section of the runbook, and every such section an alarm', () => {
  const headings = new Set(alarms.map(({ description }) => /"([^"]+)"$/.exec(description)?.[1]))
  expect([...headings].toSorted(byName)).toEqual([...ALARM_HEADINGS].toSorted(byName))
  const runbook = readFileSync('docs/runbook.md', 'utf8')
  const [, section = ''] = /\n## Alarms\n(.*?)\n## /s.exec(runbook) ?? []
  const written = [...section.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading)
  expect(written.toSorted(byName)).toEqual([...ALARM_HEADINGS].toSorted(byName))
})

const byName = (a = '', b = '') => a.localeCompare(b)

test('the runbook tells what the alarms cost', () => {
  const read = alarms.flatMap(({ metrics }) => metrics.read)
  expect([alarms.length, read.length]).toEqual([34, 37])
  expect(readFileSync('docs/runbook.md', 'utf8')).toContain('34 alarms that read 37 metrics')
})
