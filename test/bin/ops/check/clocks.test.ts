import { expect, test } from 'vitest'
import { clockSample, judgeClocks } from '../../../../bin/ops/check/clocks.ts'

const NOON = Date.parse('2026-01-05T12:00:00Z')
const at = (whose: 'the webhook' | 'Braze', date: string) => clockSample(whose, date, NOON, NOON + 1_000)
const RIGHT = 'Mon, 05 Jan 2026 12:00:00 GMT'

test.each([
  [RIGHT, RIGHT, 'ok', 'this machine, the webhook and Braze agree within a minute'],
  ['Mon, 05 Jan 2026 12:00:59 GMT', RIGHT, 'ok', 'this machine, the webhook and Braze agree within a minute'],
  [
    'Mon, 05 Jan 2026 12:02:00 GMT',
    'Mon, 05 Jan 2026 12:01:30 GMT',
    'note',
    'this machine is 120 s behind the webhook and 90 s behind Braze',
  ],
  [RIGHT, 'Mon, 05 Jan 2026 11:57:00 GMT', 'note', 'this machine is 180 s ahead of Braze'],
])('the webhook says %s and Braze %s', (webhook, braze, verdict, says) => {
  expect(judgeClocks([...at('the webhook', webhook), ...at('Braze', braze)])).toMatchObject({ verdict, says })
})

test('an answer without a date is not compared', () => {
  expect(judgeClocks(clockSample('Braze', undefined, NOON, NOON))).toEqual({
    verdict: 'note',
    about: 'Clocks',
    says: 'not compared: no answer contained a time',
  })
})
