import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { METRICS } from '../../functions/shared/metrics.ts'
import { alarmsOf } from './alarms.ts'
import { dashboardOf } from './dashboard.ts'
import { settings, synthesise } from './synthesise.ts'

const template = synthesise()
const dashboard = dashboardOf(template)
const alarms = alarmsOf(template)
const titles = dashboard.graphs.map(({ title }) => title)

test('these are its graphs, from what is asked first down to what it costs', () => {
  expect(titles).toEqual([
    'Rows',
    'From accepted to delivered',
    'Parked, by reason',
    'Accepted, by connection',
    'Delivered, by connection',
    'Parked or captured, by connection',
    'Backlog',
    'Age of the oldest message',
    'Dead letters',
    'Messages that went back',
    'Answers of Braze',
    'Requests to Braze',
    'Objects per request',
    'Told to slow down, or held',
    'Requests of senders',
    'Requests that failed',
    'Time to answer a sender',
    'Errors',
    'Throttles',
    'Duration',
    'Concurrency',
    'Cost: Lambda',
    'Cost: invocations and API requests',
    'Cost: SQS',
    'Cost: logs',
  ])
})

const own = [
  ...dashboard.graphs.flatMap(({ metrics }) => metrics),
  ...alarms.flatMap(({ metrics: { read } }) =>
    read.map(({ namespace, name, names, dimensions }) => ({
      namespace,
      name,
      dimensions: Object.fromEntries(names.map((dimension, index) => [dimension, dimensions[index]])),
    })),
  ),
].filter(({ namespace }) => namespace === 'ActionIQBrazeBridge')

test('every metric in METRICS is shown or alarmed', () => {
  const read = new Set(own.map(({ name }) => name))
  expect([...read].toSorted((a, b) => a.localeCompare(b))).toEqual(
    Object.keys(METRICS).toSorted((a, b) => a.localeCompare(b)),
  )
})

test('every metric that is read is emitted, by those dimensions and for this stack', () => {
  const emitted = Object.entries(METRICS).flatMap(([name, { sets }]) =>
    sets.map((set) => [name, ...set, 'stack'].join(' ')),
  )
  for (const { name, dimensions } of own) {
    const order = ['connection', 'kind', 'code', 'answer', 'stack']
    const by = Object.keys(dimensions).toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    expect(emitted).toContain([name, ...by].join(' '))
    expect(dimensions.stack).toBe('Fixture-bridge')
  }
})

test.each([
  ['Objects per request', '100 * profilesObjects / (60 * profilesSent)'],
  ['Told to slow down, or held', '100 * throttled / sent'],
  ['Backlog', 'eventsVisible + eventsInFlight'],
  ['Requests to Braze', 'eventsRequests / PERIOD(eventsRequests)'],
  ['Cost: Lambda', 'workerDuration * 768 / 1024 / 1000'],
])('%s is reckoned as %s', (title, expression) => {
  expect(dashboard.graphs.find((graph) => graph.title === title)?.expressions).toContain(expression)
})

test('fifty connections fit: the graphs find them by themselves', () => {
  const connections = Connections.parse({
    default: settings.connections.default,
    ...Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`fixture-${n}`, {}])),
  })
  expect(dashboardOf(synthesise({ connections })).text).toBe(dashboard.text)
})

test('it shows every alarm', () => {
  expect(dashboard.alarms).toEqual(Object.keys(template.findResources('AWS::CloudWatch::Alarm')))
})

test('its name is its region’s own, since an account has one list of dashboards', () => {
  expect(dashboard.name).toBe('Fixture-bridge-AWS::Region')
})

test('its words keep to what CloudFormation keeps, and name graphs that there are', () => {
  expect(dashboard.text).toMatch(/^[\x20-\x7e]+$/)
  const named = [...dashboard.markdown.matchAll(/(?<!\*)\*([A-Z][^*]+)\*(?!\*)/g)].map(
    ([, title = '']) => title,
  )
  // "Queries" is a heading in the AWS console.
  expect(named.filter((title) => title !== 'Queries' && !titles.includes(title))).toEqual([])
  expect(named).toContain('Rows')
})

test('the runbook sends nobody to a graph that there is not', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8')
  for (const title of [
    'Rows',
    'Requests to Braze',
    'Objects per request',
    'Concurrency',
    'Duration',
    'Throttles',
  ]) {
    expect(runbook).toContain(`*${title}*`)
    expect(titles).toContain(title)
  }
})
