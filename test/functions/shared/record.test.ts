import { describe, expect, it } from 'vitest'
import { isSafeToResend, queueOf } from '../../../functions/shared/record.ts'

const profile = (attributes?: Record<string, never>) => ({
  type: 'profile' as const,
  external_id: 'u-1',
  ...(attributes && { attributes }),
})
const withAttributes = (json: string) => profile(JSON.parse(json))

describe('isSafeToResend', () => {
  it.each([
    ['no attributes', profile()],
    ['plain ones', withAttributes('{"a":1,"b":null,"c":["add"],"d":"inc"}')],
    ['an object of other keys', withAttributes('{"a":{"city":"x"}}')],
    ['a name that is an operator', withAttributes('{"add":"x","inc":1}')],
    ['an operator deeper inside', withAttributes('{"a":{"b":{"inc":1}}}')],
  ])('%s: yes', (_, record) => {
    expect(isSafeToResend(record)).toBe(true)
  })

  it.each([
    '{"a":{"inc":1}}',
    '{"a":{"add":["x"]}}',
    '{"a":{"remove":["x"]}}',
    '{"a":{"update":[]}}',
    '{"b":1,"a":{"inc":0}}',
    '{"_merge_objects":true,"a":{"b":1}}',
  ])('%s: no, it depends on the value before', (json) => {
    expect(isSafeToResend(withAttributes(json))).toBe(false)
  })

  it('an event: never', () => {
    expect(isSafeToResend({ type: 'event', external_id: 'u-1', name: 'visit' })).toBe(false)
  })
})

it('knows the queue of a record', () => {
  expect(queueOf(profile())).toBe('profiles')
  expect(queueOf({ type: 'event', external_id: 'u-1', name: 'visit' })).toBe('events')
})
