import { expect, test } from 'vitest'
import { isGranted, judgeKey } from '../../../../bin/ops/braze-key/judge.ts'
import { brazeKeys } from '../../../../bin/ops/braze-key/key-use.ts'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'

const answer = (status: number, body = '{}'): BrazeAnswer => ({ kind: 'answer', status, headers: {}, body })
const TIMEOUT: BrazeAnswer = { kind: 'no answer', cause: 'timeout' }

const { delivery: onlyKey } = brazeKeys({ braze: 'fixture' })
const separate = brazeKeys({ braze: 'fixture', brazeExport: 'fixture-export' })

const judge = (track: BrazeAnswer, exported: BrazeAnswer, { use } = onlyKey) =>
  judgeKey({ track, exported }, 'rest.iad-01.braze.com', 'npm run ops -- rotate braze --stage prod', use)

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

test('with a separate key for exports, each key needs only its own permission', () => {
  const [granted, forbidden] = [answer(201), answer(403)]
  const ofDelivery = { track: granted, exported: forbidden }
  const ofExports = { track: forbidden, exported: granted }
  if (!separate.exports) throw new Error('there are two keys')
  expect(judge(granted, forbidden, separate.delivery).map(({ about, verdict }) => [about, verdict])).toEqual([
    ['Braze endpoint', 'ok'],
    ['Braze key', 'ok'],
    ['users.track', 'ok'],
  ])
  expect(judge(forbidden, granted, separate.exports).map(({ about, verdict }) => [about, verdict])).toEqual([
    ['Export endpoint', 'ok'],
    ['Export key', 'ok'],
    ['users.export.ids', 'ok'],
  ])
  expect([
    isGranted(ofDelivery, separate.delivery.use),
    isGranted(ofDelivery, separate.exports.use),
    isGranted(ofDelivery, onlyKey.use),
    isGranted(ofExports, separate.exports.use),
  ]).toEqual([true, false, false, true])
})

test('a separate key that Braze rejects stops exports, and not delivery', () => {
  if (!separate.exports) throw new Error('there are two keys')
  const [, key] = judge(answer(401), answer(401), separate.exports)
  expect(key?.says).toBe('Braze rejects it (401): delivery works, but verify and /users/export/ids do not')
})
