import { expect, test } from 'vitest'
import { openGate } from '../../../bin/local/gate.ts'

const passes = async (promise: Promise<void>) =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)])

test('an open gate lets pass, a closed one does when it opens', async () => {
  const gate = openGate(new AbortController().signal, true)
  expect(await passes(gate.whenOpen())).toBe(true)
  gate.close()
  const waiting = gate.whenOpen()
  expect(await passes(waiting)).toBe(false)
  gate.open()
  await waiting
})

test('closing ends what was begun, and not what is begun after the next opening', () => {
  const gate = openGate(new AbortController().signal, true)
  const before = gate.signal()
  gate.close()
  gate.open()
  expect(before.aborted).toBe(true)
  expect(gate.signal().aborted).toBe(false)
})

test('who waits at a closed gate is let go when everything stops', async () => {
  const stopping = new AbortController()
  const gate = openGate(stopping.signal, false)
  const waiting = gate.whenOpen()
  stopping.abort()
  await waiting
  gate.close()
  await gate.whenOpen()
  expect(gate.signal().aborted).toBe(true)
})
