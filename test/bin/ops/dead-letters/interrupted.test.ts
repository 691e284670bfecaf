import { expect, test } from 'vitest'
import {
  type DeadLettersDeps,
  exportDeadLetters,
  tellDeadLetters,
} from '../../../../bin/ops/dead-letters/dead-letters.ts'
import { messageBody, openDesk } from '../redrive/desk.ts'

const CHOICE = {
  queues: ['profiles', 'events'],
  codes: [],
  connection: undefined,
  run: undefined,
  olderThanMs: undefined,
} as const

function thirtyParked() {
  const desk = openDesk()
  const record = { type: 'event', external_id: 'fixture-u1', name: 'fixture-e' }
  for (let n = 0; n < 30; n++) desk.park('events', messageBody('EVENT_REFUSED', [record]))
  const written: string[] = []
  const archive = {
    write: (line: string) => written.push(line),
    finish: () => written.push('finished'),
    discard: () => written.push('discarded'),
  }
  return { desk, archive, written }
}

const visibleLater = (desk: ReturnType<typeof openDesk>) => {
  desk.wait(1_000)
  return desk.visible('events')
}

test('Ctrl-C in the middle: what was received is visible again, and the archive is gone', async () => {
  const { desk, archive, written } = thirtyParked()
  const receive: DeadLettersDeps['receive'] = async (queue, seconds) => {
    const letters = await desk.deps.receive(queue, seconds)
    desk.stop()
    return letters
  }
  expect(await exportDeadLetters(CHOICE, archive, 'fixture-file', { ...desk.deps, receive })).toBe(false)
  expect([written.length > 1, written.at(-1)]).toEqual([true, 'discarded'])
  expect(visibleLater(desk)).toBe(30)
})

test('a call that fails in the middle: the same', async () => {
  const { desk, archive, written } = thirtyParked()
  let calls = 0
  const receive: DeadLettersDeps['receive'] = async (queue, seconds) => {
    if (++calls > 10) throw new Error('fixture network')
    return desk.deps.receive(queue, seconds)
  }
  const count: DeadLettersDeps['count'] = async () => {
    throw new Error('fixture network')
  }
  const options = { ...CHOICE, values: false, json: false }
  await expect(tellDeadLetters(options, { ...desk.deps, count })).rejects.toThrow('fixture network')
  expect(visibleLater(desk)).toBe(30)
  await expect(exportDeadLetters(CHOICE, archive, 'fixture-file', { ...desk.deps, receive })).rejects.toThrow(
    'fixture network',
  )
  expect(written.at(-1)).toBe('discarded')
  expect(visibleLater(desk)).toBe(30)
})

test('letters that somebody else holds are missing from an archive, and it says so', async () => {
  const { desk, archive, written } = thirtyParked()
  await desk.deps.receive('events', 900)
  expect(await exportDeadLetters(CHOICE, archive, 'fixture-file', desk.deps)).toBe(false)
  expect([written.length, written.at(-1)]).toEqual([21, 'finished'])
  expect(desk.lines).toEqual([
    'Wrote 20 records in 20 letters to fixture-file. It holds what they hold of people.',
    '',
    "About 10 letters can't be seen now: the console or another command holds them, for 15 minutes at most.",
  ])
})
