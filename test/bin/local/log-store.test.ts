import { expect, test } from 'vitest'
import { openLogStore } from '../../../bin/local/log-store.ts'

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
