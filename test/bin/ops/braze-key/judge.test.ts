import { expect, test } from 'vitest'
import { judgeKey } from '../../../../bin/ops/braze-key/judge.ts'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'

const answer = (status: number, body = '{}'): BrazeAnswer => ({ kind: 'answer', status, headers: {}, body })
const TIMEOUT: BrazeAnswer = { kind: 'no answer', cause: 'timeout' }

const ROTATE = 'npm run ops -- rotate braze --stage prod'

/** The first character of each verdict, in this order: endpoint, key, users.track, users.export.ids. */
const verdictsOf = (track: BrazeAnswer, exported: BrazeAnswer) =>
  judgeKey({ track, exported }, 'rest.iad-01.braze.com', ROTATE)
    .map(({ verdict }) => verdict[0])
    .join('')

test.each([
  [201, 201, 'oooo'],
  [202, 200, 'oooo'],
  [400, 201, 'oooo'],
  [201, 400, 'oooo'],
  [401, 401, 'opnn'],
  [403, 403, 'oopp'],
  [403, 201, 'oopo'],
  [201, 403, 'ooop'],
  [401, 201, 'oopo'],
  [201, 401, 'ooop'],
  [401, 403, 'oopp'],
  [404, 404, 'pnnn'],
  [301, 301, 'pnnn'],
  [500, 201, 'pono'],
  [503, 503, 'pnnn'],
  [429, 429, 'onnn'],
  [429, 201, 'oono'],
])('%i and %i', (track, exported, expected) => {
  expect(verdictsOf(answer(track), answer(exported))).toBe(expected)
})

test('no answer at all, and one of two', () => {
  expect(verdictsOf(TIMEOUT, TIMEOUT)).toBe('pnnn')
  expect(verdictsOf(answer(201), TIMEOUT)).toBe('poon')
})

test('somebody who has the id of nobody is told', () => {
  const [, , , exported] = judgeKey(
    { track: answer(201), exported: answer(201, '{"users":[{"external_id":"x"}]}') },
    'rest.iad-01.braze.com',
    ROTATE,
  )
  expect(exported).toMatchObject({
    verdict: 'note',
    says: 'granted; a profile actioniq-braze-bridge-probe exists, whom this and the worker use as nobody',
  })
})

test('what puts in a key with the permission that lacks is told for the stage that was looked at', () => {
  const [, , track] = judgeKey({ track: answer(403), exported: answer(201) }, 'rest.iad-01.braze.com', ROTATE)
  expect(track?.next).toContain('put it in: npm run ops -- rotate braze --stage prod --key-file -')
})
