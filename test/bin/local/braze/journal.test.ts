import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openJournal } from '../../../../bin/local/braze/journal.ts'
import { openBraze, sendTrack } from './send.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'braze-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const seed = [{ braze_id: 'fixture-braze-id-0001' }]
const event = { braze_id: 'fixture-braze-id-0001', name: 'seen', time: '2026-11-20T10:00:00Z' }

function reopen() {
  const { history, append, close } = openJournal(join(folder, 'inner', 'braze.jsonl'))
  return { braze: openBraze({ seed, history, onChanges: append }), close }
}

test('profiles, events and fixed types are there again after a restart', () => {
  const first = reopen()
  sendTrack(first.braze, {
    attributes: [
      { external_id: 'u-1', tier: 'fixture-tier-7731', gone: 1, visits: { inc: 2 } },
      { braze_id: 'fixture-braze-id-0001', level: 3 },
    ],
    events: [event],
  })
  sendTrack(first.braze, { attributes: [{ external_id: 'u-1', gone: null, tier: 7 }] })
  first.close()

  const second = reopen()
  sendTrack(second.braze, { attributes: [{ external_id: 'u-1', gone: 'a text', visits: { inc: 1 } }] })
  second.close()
  expect(second.braze.profiles()).toMatchObject([
    { braze_id: 'fixture-braze-id-0001', custom_attributes: { level: 3 } },
    { external_id: 'u-1', custom_attributes: { tier: 'fixture-tier-7731', visits: 3 } },
  ])
  expect(second.braze.profile({ external_id: 'u-1' })?.custom_attributes).not.toHaveProperty('gone')
  expect(second.braze.events()).toHaveLength(1)
  expect(second.braze.vanished()).toMatchObject([{ attribute: 'tier' }, { attribute: 'gone' }])
})

test('a torn last line is cut off, and what follows is readable', () => {
  const file = join(folder, 'inner', 'braze.jsonl')
  const first = reopen()
  sendTrack(first.braze, { events: [event] })
  first.close()
  appendFileSync(file, '[{"kind":"event","event":{"braze_id":"fixt')

  const second = reopen()
  expect(second.braze.events()).toHaveLength(1)
  sendTrack(second.braze, { events: [event] })
  second.close()

  const third = reopen()
  third.close()
  expect(third.braze.events()).toHaveLength(2)
})

test('a request is one line, the seed another', () => {
  const { braze, close } = reopen()
  sendTrack(braze, { attributes: [{ external_id: 'u-1' }, { external_id: 'u-2' }], events: [event] })
  sendTrack(braze, { attributes: [{ tier: 'refused' }] })
  close()
  expect(
    readFileSync(join(folder, 'inner', 'braze.jsonl'), 'utf8')
      .trimEnd()
      .split('\n'),
  ).toHaveLength(2)
})

test('a broken line before the last is told, without what it holds', () => {
  const file = join(folder, 'broken.jsonl')
  writeFileSync(file, '[]\n[{"kind":"fixture-unknown"}]\n[]\n')
  expect(() => openJournal(file)).toThrow("line 2 of the Braze simulator's journal can't be read")
})
