import { expect, test } from 'vitest'
import {
  type DeadLettersDeps,
  exportDeadLetters,
  printDeadLetters,
} from '../../../../bin/ops/dead-letters/dead-letters.ts'
import { createRedriveHarness, messageBody } from '../redrive/harness.ts'

const OPTIONS = {
  queues: ['profiles', 'events'],
  codes: [],
  connection: undefined,
  run: undefined,
  olderThanMs: undefined,
} as const

function thirtyParked() {
  const harness = createRedriveHarness()
  const record = { type: 'event', external_id: 'fixture-u1', name: 'fixture-e' }
  for (let n = 0; n < 30; n++) harness.park('events', messageBody('EVENT_REFUSED', [record]))
  const written: string[] = []
  const archive = {
    write: (line: string) => written.push(line),
    finish: () => written.push('finished'),
    discard: () => written.push('discarded'),
  }
  return { harness, archive, written }
}

test('Ctrl-C in the middle: what was received is visible again, and the archive is gone', async () => {
  const { harness, archive, written } = thirtyParked()
  const receive: DeadLettersDeps['receive'] = async (queue, seconds) => {
    const deadLetters = await harness.deps.receive(queue, seconds)
    harness.stop()
    return deadLetters
  }
  expect(await exportDeadLetters(OPTIONS, archive, 'fixture-file', { ...harness.deps, receive })).toBe(false)
  expect([written.length > 1, written.at(-1)]).toEqual([true, 'discarded'])
  expect(harness.visible('events')).toBe(30)
})

test('a call that fails in the middle: the same', async () => {
  const { harness, archive, written } = thirtyParked()
  let calls = 0
  const receive: DeadLettersDeps['receive'] = async (queue, seconds) => {
    if (++calls > 10) throw new Error('fixture network')
    return harness.deps.receive(queue, seconds)
  }
  const count: DeadLettersDeps['count'] = async () => {
    throw new Error('fixture network')
  }
  const options = { ...OPTIONS, values: false, json: false }
  await expect(printDeadLetters(options, { ...harness.deps, count })).rejects.toThrow('fixture network')
  expect(harness.visible('events')).toBe(30)
  await expect(
    exportDeadLetters(OPTIONS, archive, 'fixture-file', { ...harness.deps, receive }),
  ).rejects.toThrow('fixture network')
  expect(written.at(-1)).toBe('discarded')
  expect(harness.visible('events')).toBe(30)
})

test('letters that somebody else holds are missing from an archive, and it says so', async () => {
  const { harness, archive, written } = thirtyParked()
  await harness.deps.receive('events', 900)
  expect(await exportDeadLetters(OPTIONS, archive, 'fixture-file', harness.deps)).toBe(false)
  expect([written.length, written.at(-1)]).toEqual([21, 'finished'])
  expect(harness.lines).toEqual([
    'Wrote 20 records in 20 letters to fixture-file. It holds what they hold of people.',
    '',
    "About 10 letters can't be seen now: the console or another command holds them, for 15 minutes at most.",
  ])
})
