import { expect, test } from 'vitest'
import { didYouMean } from '../../../bin/cli/suggest.ts'

const WORDS = ['profiles', 'events', 'REJECTED_BY_BRAZE']

test.each([
  ['profile', ' Did you mean profiles?'],
  ['EVNETS', ' Did you mean events?'],
  ['rejected_by_braze', ' Did you mean REJECTED_BY_BRAZE?'],
  ['letters', ''],
  ['x', ''],
  ['', ''],
])('%j: %j', (given, suggestion) => {
  expect(didYouMean(given, WORDS)).toBe(suggestion)
})
