import { expect, test } from 'vitest'
import { type LogEntry, takeLogEntries } from '../../../bin/local/log-entries.ts'

test('structured entries are taken out of the console, the rest stays, until it is given back', () => {
  const written: unknown[][] = []
  const write = (...parts: unknown[]) => {
    written.push(parts)
  }
  const fake = { debug: write, info: write, warn: write, error: write, log: write }
  const entries: LogEntry[] = []
  const giveBack = takeLogEntries(fake, (entry) => {
    entries.push(entry)
  })
  const entry = '{"level":"INFO","message":"fixture","service":"worker","status":201}'
  fake.info(entry)
  fake.warn('{"a":"JSON that is no entry"}')
  fake.error('{ no JSON')
  fake.log('text', 7)
  giveBack()
  fake.info(entry)
  expect(entries).toEqual([{ level: 'INFO', message: 'fixture', service: 'worker', status: 201 }])
  expect(written).toEqual([['{"a":"JSON that is no entry"}'], ['{ no JSON'], ['text', 7], [entry]])
})
