import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Json } from '../../../../functions/shared/json.ts'
import type { BridgeRecord } from '../../../../functions/shared/record.ts'
import { STANDARD_FIELDS } from '../../../../functions/shared/standard-fields.ts'
import { map } from '../../../../functions/worker/map/map.ts'
import { openBraze, sendTrack } from '../../../bin/local/braze/send.ts'

const RECEIVED = '2026-11-20T11:59:00.000Z'
const RUNS = 2_000

/** Texts around the limit of 255 characters, and such as break a rule of names, keys, times or fields. */
const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.constantFrom('x'.repeat(255), 'x'.repeat(256), '🎉'.repeat(255), '🎉'.repeat(256)),
  fc.constantFrom('', ' ', 'a b', 'a.b', '$a', '__proto__', 'constructor', 'AIQ_1_2'),
  fc.constantFrom('2026-02-28', '2026-02-30', '3000-12-31', '3001-01-01T00:00:00Z', '12/31/1980', '10:00'),
  fc.constantFrom('2019-02-15 00:00:00 -0500', '2026-11-20T10:00:09:250Z', '2026-11-20T25:00:00Z'),
  fc.constantFrom('subscribed', 'fixture@example.com', 'FR', 'Neverland', 'Europe/Paris', 'CET+1', 'EUR'),
)
const FINITE = { noNaN: true, noDefaultInfinity: true }
const plain: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.integer(),
  fc.double(FINITE),
  fc.boolean(),
  fc.constant(null),
)

const OPERATORS = ['inc', 'add', 'remove', '$add', '$remove', '$update', '$time']
const OPERANDS = ['$identifier_key', '$identifier_value', '$new_object', 'longitude', 'latitude']

/** Any JSON, with Braze's operators in right and in wrong places. */
const { value } = fc.letrec<{ value: Json; list: Json[]; object: Record<string, Json>; match: Json }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      { weight: 4, arbitrary: plain },
      { weight: 2, arbitrary: tie('list') },
      { weight: 3, arbitrary: tie('object') },
    ),
    list: fc.oneof(
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(tie('match'), { maxLength: 3 }),
      fc.tuple(plain, fc.constantFrom(499, 500, 501)).map(([element, count]) => Array(count).fill(element)),
    ),
    match: fc.record(
      { $identifier_key: text, $identifier_value: plain, $new_object: tie('object') },
      { requiredKeys: ['$identifier_key', '$identifier_value'] },
    ),
    object: fc.oneof(
      fc.dictionary(fc.oneof(text, fc.constantFrom(...OPERANDS)), tie('value'), { maxKeys: 3 }),
      fc.dictionary(fc.constantFrom(...OPERATORS), fc.oneof(tie('list'), tie('value')), { maxKeys: 2 }),
    ),
  }),
)

const name = fc.oneof(
  { weight: 3, arbitrary: text },
  { weight: 1, arbitrary: fc.constantFrom(...STANDARD_FIELDS) },
)
const attributes = fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 })

const properties = fc.oneof(
  fc.dictionary(fc.oneof(text, fc.constantFrom('time', 'price', 'quantity')), value, { maxKeys: 4 }),
  fc
    .constantFrom(255, 256, 257)
    .map((count) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, n]))),
)
/** Often the valid value, so that the other fields get their turn. */
const mostly = <Value>(valid: Value, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(valid) }, { weight: 1, arbitrary: other })

const person = { external_id: 'fixture-u1' }
const event = fc
  .record({ name: mostly('fixture', text), time: mostly(RECEIVED, text), properties })
  .map((fields): BridgeRecord => ({ type: 'event', ...person, ...fields }))
const purchase = fc
  .record({
    product_id: mostly('fixture', text),
    currency: mostly('EUR', text),
    price: fc.double(FINITE),
    quantity: mostly(1, fc.constantFrom(-1, 0, 1.5, 100, 101)),
    time: mostly(RECEIVED, text),
    properties,
  })
  .map((fields): BridgeRecord => ({ type: 'purchase', ...person, ...fields }))
const profile = attributes.map((fields): BridgeRecord => ({ type: 'profile', ...person, attributes: fields }))

/** Sends what the worker would send of a record. @returns what the simulator rejects, drops or cuts of it. */
function lossesOf(record: BridgeRecord) {
  const mapped = map(record, RECEIVED)
  if (!('object' in mapped)) return []
  const braze = openBraze()
  const { status, body } = sendTrack(braze, { [mapped.array]: [mapped.object] })
  return [...(status === 201 ? [] : [{ status, body }]), ...braze.vanished()]
}

test.each([
  ['profiles', profile],
  ['events', event],
  ['purchases', purchase],
])('what the worker sends of %s, the simulator neither rejects nor drops nor cuts', (_, records) => {
  fc.assert(
    fc.property(records, (record) => {
      expect(lossesOf(record)).toEqual([])
    }),
    { numRuns: RUNS },
  )
})

test('a custom attribute that the worker withholds would be rejected, dropped or cut', () => {
  const custom = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !STANDARD_FIELDS.has(text.trim()))
  fc.assert(
    fc.property(custom, value, (name, value) => {
      const mapped = map({ type: 'profile', ...person, attributes: { [name]: value } }, RECEIVED)
      if ('object' in mapped) return
      const braze = openBraze()
      const { status } = sendTrack(braze, { attributes: [{ ...person, [name]: value }] })
      expect(status === 400 || braze.vanished().length === 1).toBe(true)
    }),
    { numRuns: RUNS },
  )
})
