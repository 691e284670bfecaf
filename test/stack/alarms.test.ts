import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALARM_HEADINGS } from '../../lib/alarms/alarm.ts'
import { alarmsOf, type SynthesisedAlarm } from './alarms.ts'
import { cdkStage, settings, synthesise } from './synthesise.ts'

const template = synthesise()
const alarms = alarmsOf(template)

const QUEUES = [
  {
    of: 'profile changes',
    queue: 'ProfilesQueue39CEC36C',
    letters: 'ProfilesDeadLettersE6533FBC',
    late: 5_400,
  },
  { of: 'events', queue: 'EventsQueue7396B467', letters: 'EventsDeadLetters8A90034E', late: 600 },
]
const LOGS = {
  receiver: 'ReceiverLogs921D31A4',
  worker: 'WorkerLogs4B5B6506',
  exporter: 'ExporterLogs0C6B1C5F',
  api: 'WebhookAccessLog49B4A173',
}
const VISIBLE = 'ApproximateNumberOfMessagesVisible'
const AGE = 'ApproximateAgeOfOldestMessage'
const STACK = 'Fixture-bridge'

/** The alarms of each queue and of its dead letters. */
const ofQueue = ({ of, queue, letters, late }: (typeof QUEUES)[number]) => ({
  [`Dead letters: ${of}`]: `${VISIBLE} of ${letters}, Maximum >= 1, 1 of 20 x 60 s`,
  [`Dead letters 1 day old: ${of}`]: `${AGE} of ${letters}, Maximum >= 86400, 1 of 3 x 300 s`,
  [`Dead letters 7 days old: ${of}`]: `${AGE} of ${letters}, Maximum >= 604800, 1 of 3 x 300 s`,
  [`Dead letters 12 days old: ${of}`]: `${AGE} of ${letters}, Maximum >= 1036800, 1 of 3 x 300 s`,
  [`Dead letters all week: ${of}`]: `${VISIBLE} of ${letters}, Average >= 0.9, 7 of 7 x 86400 s`,
  [`Backlog: ${of}`]: `${AGE} of ${queue}, Maximum >= ${late}, 1 of 3 x 60 s`,
  [`Backlog 1 day old: ${of}`]: `${AGE} of ${queue}, Maximum >= 86400, 1 of 3 x 60 s`,
  [`Backlog 7 days old: ${of}`]: `${AGE} of ${queue}, Maximum >= 604800, 1 of 3 x 60 s`,
  [`Backlog 12 days old: ${of}`]: `${AGE} of ${queue}, Maximum >= 1036800, 1 of 3 x 60 s`,
})
const ofAnswers = (answer: string, percent: number) =>
  `100 * answers / requests (BrazeAnswers of ${answer} ${STACK}, BrazeRequests of ${STACK}), Sum >= ${percent}, 3 of 4 x 900 s`
const ofLogs = Object.entries(LOGS).map(([log, id]) => [
  `Personal data in the log: ${log}`,
  `LogEventsWithFindings of Audit ${id}, Sum >= 1, 1 of 12 x 300 s`,
])

/**
 * By title: the metric, the threshold, and how many of how many periods must breach. A gap in the metric
 * breaches only where it is said.
 */
const expected: { [title: string]: string } = {
  ...Object.assign({}, ...QUEUES.map(ofQueue)),
  ...Object.fromEntries(ofLogs),
  'Everything is held': `BrazeHolding of ${STACK}, Sum >= 1, 1 of 6 x 300 s`,
  'Braze answers 5xx': ofAnswers('5xx', 50),
  'Braze does not answer': ofAnswers('none', 50),
  'Braze answers 429': ofAnswers('429', 10),
  'The worker fails': 'Errors of WorkerFunctionAF8A26AF, Sum >= 1, 2 of 6 x 300 s',
  'The worker is throttled': 'Throttles of WorkerFunctionAF8A26AF, Sum >= 1, 2 of 6 x 300 s',
  'The bridge answers 5xx': '5xx of WebhookApi427E2EB3, Sum >= 1, 2 of 6 x 300 s',
  'The bridge answers slowly': 'Latency of WebhookApi427E2EB3, p99 >= 7000, 3 of 3 x 300 s',
  'Credentials are rejected': `RequestsRefused of ${STACK}, Sum >= 1, 1 of 12 x 300 s`,
  'Many requests are rejected':
    'IF(turnedAway >= 20, 100 * turnedAway / requests, 0) (RequestsTurnedAway of , Count of WebhookApi427E2EB3), Sum >= 10, 2 of 3 x 300 s',
  'The receiver is throttled': 'Throttles of ReceiverFunction5F91F2E5, Sum >= 1, 2 of 6 x 300 s',
  'The exporter fails': 'Errors of ExporterFunction8FE826AC, Sum >= 1, 2 of 6 x 300 s',
  'Nothing is received': `RowsAccepted of ${STACK}, Sum < 1, 26 of 26 x 3600 s, a gap breaches`,
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
  const gap = { notBreaching: '', breaching: ', a gap breaches' }[missingData] ?? missingData
  return `${what}, ${statistic} ${sign} ${threshold}, ${over} of ${of} x ${period} s${gap}`
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
  const ids = Object.keys(template.findResources('AWS::SQS::Queue'))
  const thresholds = ids
    .filter((id) => id.includes('DeadLetters'))
    .map((queue) =>
      alarms
        .filter(({ metrics: { read } }) => read.some(({ dimensions }) => dimensions.includes(queue)))
        .map(({ threshold }) => threshold)
        .toSorted((a, b) => a - b),
    )
  expect(thresholds).toEqual(Array(2).fill([0.9, 1, 86_400, 604_800, 1_036_800]))
})

test('no alarm looks back further than CloudWatch does', () => {
  for (const { title, of, period } of alarms) {
    // CloudWatch API reference, "PutMetricAlarm": seven days, or one day if periods are shorter than an hour.
    const furthest = period < 3_600 ? 86_400 : 604_800
    expect(of * period, title).toBeLessThanOrEqual(furthest)
  }
})

test.each(alarms)(
  '$title goes to the mail, and says who is hurt, where to look first and what to do',
  ({ actions, description }) => {
    expect(actions).toEqual([{ Ref: expect.stringMatching(/^AlarmMailTopic/) }])
    expect(description).toMatch(
      /^Who is hurt: \S.*\.\n\nLook first at .*: https:\/\/\S+\n\nWhat to do: docs\/runbook\.md, "[^"]+"$/,
    )
    // CloudFormation does not keep other characters than ASCII everywhere, and CloudWatch limits the length.
    expect(description).toMatch(/^[\n\x20-\x7e]+$/)
    expect(description.length).toBeLessThan(1_024)
  },
)

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
  expect([alarms.length, read.length]).toEqual([35, 39])
  const prod = alarmsOf(synthesise({ ...cdkStage('prod'), stackName: 'Fixture-bridge' }))
  const readInProd = prod.flatMap(({ metrics }) => metrics.read)
  expect([prod.length, readInProd.length]).toEqual([33, 37])
  expect(readFileSync('docs/runbook.md', 'utf8')).toContain(
    '33 alarms that read 37 metrics, at $0.10 each metric; with `exports`, 35 that read 39',
  )
})
