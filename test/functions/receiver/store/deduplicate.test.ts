import { describe, expect, it } from 'vitest'
import { dedupIdOf, requestKeysOf } from '../../../../functions/receiver/store/messages.ts'
import { ids } from '../settings-fixture.ts'

const MESSAGE = {
  connection: 'default',
  senderKey: 'fixture-key',
  lane: 'lane-3',
  ordinal: 0,
  recordsJson: ['{"a":1}', '{"b":2}'],
  recognisable: false,
}
const idOf = (changes: Partial<typeof MESSAGE> = {}) => dedupIdOf({ ...MESSAGE, ...changes, newId: ids() })

describe('with a key of the sender', () => {
  it('the id is the SHA-256 of what was sent', () => {
    // Made with `printf '["default","fixture-key","lane-3",0]\n{"a":1}\n{"b":2}' | sha256sum`.
    expect(idOf()).toBe('5152533b8848112cd1ec76cd0fb1e362363b67cd38cae74d370c4a1ae70d5974')
  })

  it.each([
    ['connection', { connection: 'crm' }],
    ['key', { senderKey: 'fixture-other-key' }],
    ['lane', { lane: 'lane-4' }],
    ['place in the lane', { ordinal: 1 }],
    ['record', { recordsJson: ['{"a":1}', '{"b":3}'] }],
    ['order of the records', { recordsJson: ['{"b":2}', '{"a":1}'] }],
  ])('another %s makes another id', (_, changes) => {
    expect(idOf(changes)).not.toBe(idOf())
  })
})

describe('without a key', () => {
  const keyless = { ...MESSAGE, senderKey: undefined }

  it('events that are recognisable by themselves get one id each time', () => {
    const once = dedupIdOf({ ...keyless, recognisable: true, newId: ids() })
    expect(once).toMatch(/^[0-9a-f]{64}$/)
    expect(dedupIdOf({ ...keyless, recognisable: true, newId: ids() })).toBe(once)
  })

  it('anything else is never taken for a repetition', () => {
    const newId = ids()
    expect(dedupIdOf({ ...keyless, newId })).toBe('id-1')
    expect(dedupIdOf({ ...keyless, newId })).toBe('id-2')
  })
})

describe('with the key of a signature', () => {
  const signed = { ...MESSAGE, senderKey: undefined, signedKey: 'fixture-digest' }

  it('what its content does not identify gets an id that only the same signed request has', () => {
    const once = dedupIdOf({ ...signed, newId: ids() })
    // Made with `printf '["default",["fixture-digest"],"lane-3",0]\n{"a":1}\n{"b":2}' | sha256sum`.
    expect(once).toBe('3f51fa1cdeca8582a97a492b879cae033c054972dcaae00fae2b8f9f253fce5f')
    expect(dedupIdOf({ ...signed, signedKey: 'fixture-other-digest', newId: ids() })).not.toBe(once)
  })

  it('events that are recognisable by themselves keep the id that they have without one', () => {
    const recognisable = { ...signed, recognisable: true, newId: ids() }
    expect(dedupIdOf(recognisable)).toBe(dedupIdOf({ ...recognisable, signedKey: undefined }))
  })
})

const SIGNED_AT = '1767607200'
/** Made with `printf '1767607200.[]' | sha256sum`. */
const DIGEST = 'daa09150789dd4668adc63093fdd1687cee131425f8af383551314b08ff6360a'
const UNSIGNED_KEYS = { 'idempotency-key': 'fixture-a', 'webhook-id': 'fixture-b' }

it.each([
  [{ kind: 'standard-webhooks', id: 'fixture-b' }, { senderKey: 'fixture-b' }],
  [
    { kind: 'hmac', signedAt: SIGNED_AT },
    { senderKey: undefined, signedKey: DIGEST },
  ],
  [{ kind: 'hmac', signedAt: undefined }, { senderKey: undefined }],
] as const)('of a signed request, only what %j covers is a key', (signature, keys) => {
  expect(requestKeysOf({ headers: UNSIGNED_KEYS, body: Buffer.from('[]') }, signature)).toEqual(keys)
})

it.each([
  [{ 'idempotency-key': 'fixture-a' }, 'fixture-a'],
  [{ 'webhook-id': 'fixture-b' }, 'fixture-b'],
  [{ 'idempotency-key': ' ', 'webhook-id': 'fixture-b' }, 'fixture-b'],
  [{ 'idempotency-key': 'fixture-a', 'webhook-id': 'fixture-b' }, 'fixture-a'],
  [{}, undefined],
])('without a signature, the key in %j is %s', (headers, senderKey) => {
  expect(requestKeysOf({ headers, body: Buffer.from('[]') }, undefined)).toEqual({ senderKey })
})
