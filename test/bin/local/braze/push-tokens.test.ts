import { expect, test } from 'vitest'
import { errorOf, openBraze, sendTrack } from './send.ts'

const token = (name: string) => ({ app_id: 'fixture-app', token: name })

test('an import of push tokens creates an anonymous profile for each token', () => {
  const braze = openBraze()
  const push_tokens = [token('fixture-t1'), token('fixture-t2')]
  const answer = sendTrack(braze, {
    attributes: [{ push_token_import: true, push_tokens, country: 'FR', tier: 1 }],
  })
  expect(answer.body).toEqual({ message: 'success', attributes_processed: 1 })
  expect(braze.profiles()).toMatchObject([
    { standard: { push_tokens: [token('fixture-t1')], country: 'FR' }, custom_attributes: { tier: 1 } },
    { standard: { push_tokens: [token('fixture-t2')], country: 'FR' }, custom_attributes: { tier: 1 } },
  ])
})

test('a token that Braze knows already is ignored', () => {
  const braze = openBraze({
    seed: [{ external_id: 'u-1', standard: { push_tokens: [token('fixture-t1')] } }],
  })
  const push_tokens = [token('fixture-t1'), token('fixture-t2')]
  sendTrack(braze, { attributes: [{ push_token_import: true, push_tokens }] })
  sendTrack(braze, { attributes: [{ push_token_import: true, push_tokens }] })
  expect(braze.profiles().map(({ standard }) => standard)).toEqual([
    { push_tokens: [token('fixture-t1')] },
    { push_tokens: [token('fixture-t2')] },
  ])
})

test.each([
  ['no tokens', { push_token_import: true }, 'BAD_PUSH_TOKEN_IMPORT'],
  ['an empty list', { push_token_import: true, push_tokens: [] }, 'BAD_PUSH_TOKEN_IMPORT'],
  [
    'an external_id',
    { push_token_import: true, push_tokens: [token('fixture-t1')], external_id: 'u-1' },
    'BAD_PUSH_TOKEN_IMPORT',
  ],
  ['a token that is no object', { push_token_import: true, push_tokens: ['t'] }, 'BAD_PUSH_TOKEN_VALUE'],
])('an import with %s is rejected', (_, object, error) => {
  expect(errorOf('attributes', object)).toBe(error)
})
