import { describe, expect, it } from 'vitest'
import { chooseIdentifier, userKey } from '../../../functions/shared/record.ts'

describe('chooseIdentifier', () => {
  const both = { external_id: 'u-1', braze_id: 'b-1' }

  it.each([
    ['the preferred one of two', both, 'external_id', { external_id: 'u-1' }],
    ['the other preferred one of two', both, 'braze_id', { braze_id: 'b-1' }],
    ['the only one', { external_id: 'u-1' }, 'braze_id', { external_id: 'u-1' }],
    ['the other only one', { braze_id: 'b-1' }, 'external_id', { braze_id: 'b-1' }],
    [
      'one that stands beside an undefined one',
      { external_id: undefined, braze_id: 'b-1' },
      'external_id',
      { braze_id: 'b-1' },
    ],
    ['none of none', {}, 'external_id', undefined],
  ] as const)('takes %s', (_, given, preferred, chosen) => {
    expect(chooseIdentifier(given, preferred)).toEqual(chosen)
  })
})

it('keys users so that ids of two kinds never meet', () => {
  expect(userKey({ external_id: 'x' })).toBe('e:x')
  expect(userKey({ braze_id: 'x' })).toBe('b:x')
})
