import { expect, test } from 'vitest'
import { judgeKey } from '../../../../bin/ops/braze-key/judge.ts'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'

const answer = (status: number, body = '{}'): BrazeAnswer => ({ kind: 'answer', status, headers: {}, body })
const TIMEOUT: BrazeAnswer = { kind: 'no answer', cause: 'timeout' }

const judge = (track: BrazeAnswer, exported: BrazeAnswer) =>
  judgeKey({ track, exported }, 'rest.iad-01.braze.com', 'npm run ops -- rotate braze --stage prod')

/** The first character of each verdict, in this order: endpoint, key, users.track, users.export.ids. */
const verdictsOf = (track: BrazeAnswer, exported: BrazeAnswer) =>
  judge(track, exported)
    .map(({ verdict }) => verdict[0])
    .join('')

test.each([
  [201, 201, 'oooo'],
  [202, 200, 'oooo'],
  [400, 201, 'oono'],
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

test.each([
  ['no answer at all', TIMEOUT, TIMEOUT, 'pnnn'],
  ['an answer to one of two requests', answer(201), TIMEOUT, 'poon'],
])('%s', (_, track, exported, expected) => {
  expect(verdictsOf(track, exported)).toBe(expected)
})

test('a profile with the id of the probe is reported', () => {
  const users = '{"users":[{"external_id":"x"}]}'
  expect(judge(answer(201), answer(201, users))[3]).toMatchObject({
    verdict: 'note',
    says: 'granted; but Braze has a profile actioniq-braze-bridge-probe, the id that check and the worker use because nobody has it',
  })
})

test('a missing permission is reported with the command that stores another key for this bridge', () => {
  expect(judge(answer(403), answer(201))[2]?.hint).toContain(
    'store it: npm run ops -- rotate braze --stage prod --key-file -',
  )
})
