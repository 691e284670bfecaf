import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const queries = Object.values(propertiesOf(synthesise(), 'AWS::Logs::QueryDefinition'))
const logsOf = (name: string) =>
  queries.filter(({ Name }) => Name === name).map(({ LogGroupNames }) => LogGroupNames)
const receiver = { Ref: 'ReceiverLogs921D31A4' }
const worker = { Ref: 'WorkerLogs4B5B6506' }
const exporter = { Ref: 'ExporterLogs0C6B1C5F' }

test('these queries stand ready in the console, in a folder of the stack', () => {
  expect(queries.map(({ Name }) => Name)).toEqual([
    'Fixture-bridge/Has a run arrived',
    'Fixture-bridge/Audiences of a run',
    'Fixture-bridge/All runs',
    'Fixture-bridge/What became of a person',
    'Fixture-bridge/What was parked',
    'Fixture-bridge/Parked, by reason',
    'Fixture-bridge/Requests that were refused',
    'Fixture-bridge/Slowest requests',
    'Fixture-bridge/What Braze answers',
    'Fixture-bridge/Trouble',
  ])
})

test('each is asked of the logs that can answer it', () => {
  expect(logsOf('Fixture-bridge/Has a run arrived')).toEqual([[receiver, worker]])
  expect(logsOf('Fixture-bridge/Slowest requests')).toEqual([[receiver]])
  expect(logsOf('Fixture-bridge/What Braze answers')).toEqual([[worker]])
  expect(logsOf('Fixture-bridge/Trouble')).toEqual([[receiver, worker, exporter]])
})

test('the runbook names saved queries that there are', () => {
  const runbook = readFileSync('docs/runbook.md', 'utf8')
  const named = [...runbook.matchAll(/[Ss]aved query \*([^*]+)\*/g)].map(
    ([, name]) => `Fixture-bridge/${name}`,
  )
  expect(named.length).toBeGreaterThan(4)
  expect(queries.map(({ Name }) => Name)).toEqual(expect.arrayContaining(named))
})
