import { expect, test } from 'vitest'
import { interceptLogEntries, type LogEntry, openLogStore } from '../../../bin/local/log-entries.ts'
import type { MetricLine } from '../../../bin/local/measurements.ts'

test('structured entries and metrics are taken out of the console, the rest stays, until it is given back', () => {
  const written: unknown[][] = []
  const write = (...parts: unknown[]) => {
    written.push(parts)
  }
  const fake = { debug: write, info: write, warn: write, error: write, log: write }
  const entries: LogEntry[] = []
  const lines: MetricLine[] = []
  const giveBack = interceptLogEntries(
    fake,
    (entry) => void entries.push(entry),
    (line) => void lines.push(line),
  )
  const entry = '{"level":"INFO","message":"fixture","service":"worker","status":201}'
  const metrics =
    '{"_aws":{"Timestamp":5,"CloudWatchMetrics":[{"Namespace":"N","Dimensions":[["stack"]],"Metrics":[{"Name":"M","Unit":"Count"}]}]},"stack":"local","M":1}'
  fake.info(entry)
  fake.log(metrics)
  fake.warn('{"a":"JSON that is no entry"}')
  fake.error('{ no JSON')
  fake.log('text', 7)
  giveBack()
  fake.info(entry)
  fake.log(metrics)
  expect(entries).toEqual([{ level: 'INFO', message: 'fixture', service: 'worker', status: 201 }])
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: 5,
        CloudWatchMetrics: [
          { Namespace: 'N', Dimensions: [['stack']], Metrics: [{ Name: 'M', Unit: 'Count' }] },
        ],
      },
      stack: 'local',
      M: 1,
    },
  ])
  expect(written).toEqual([['{"a":"JSON that is no entry"}'], ['{ no JSON'], ['text', 7], [entry], [metrics]])
})

const entry = (message: string) => ({ level: 'INFO', message, service: 'worker' })

test('the newest entries are kept, oldest first, with their times', () => {
  const store = openLogStore(3)
  for (let at = 1; at <= 8; at++) store.add(entry(`e${at}`), at)
  expect(store.entries()).toEqual([
    { at: 6, entry: entry('e6') },
    { at: 7, entry: entry('e7') },
    { at: 8, entry: entry('e8') },
  ])
  expect(store.entries(8)).toEqual([{ at: 8, entry: entry('e8') }])
})
