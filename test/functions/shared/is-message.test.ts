import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMessage, Message } from '../../../functions/shared/message.ts'

const MESSAGE = {
  v: 1,
  id: 'fixture-message',
  connection: 'default',
  receivedAt: '2026-11-20T12:00:00.000Z',
  requestId: 'fixture-request',
  records: [
    {
      type: 'profile',
      external_id: 'fixture-1',
      memberships: [{ audience_id: '1042', split_id: '2', member: true, attribute: 'vip', leave: 'null' }],
      attributes: { fixture_tier: 'x' },
      run_id: '889',
      source_time: '2026-11-20T11:00:00Z',
    },
    {
      type: 'event',
      braze_id: 'fixture-2',
      name: 'fixture-viewed',
      time: '2026-11-20T11:00:00Z',
      event_id: 'fixture-event',
      properties: { sku: 'x' },
      fields: { app_id: 'x' },
      run_id: '889',
    },
    {
      type: 'purchase',
      user_alias: { alias_name: 'fixture-3', alias_label: 'fixture-app' },
      product_id: 'sku-1',
      currency: 'EUR',
      price: 9.5,
      time: '2026-11-20T11:00:00Z',
      quantity: 2,
      properties: { sku: 'x' },
      fields: { app_id: 'x' },
    },
    { type: 'profile', email: 'fixture@example.com' },
    { type: 'profile', phone: '+15550100' },
  ],
}

test('what the receiver writes is recognised at a look', () => {
  expect(isMessage(MESSAGE)).toBe(true)
})

test('an alias that holds anything else is left to the rule, which removes it', () => {
  const user_alias = { alias_name: 'fixture-3', alias_label: 'fixture-app' }
  const holding = (alias: object) => ({ ...MESSAGE, records: [{ type: 'profile', user_alias: alias }] })
  expect(isMessage(holding(user_alias))).toBe(true)
  expect(isMessage(holding({ ...user_alias, other: 1 }))).toBe(false)
  expect(Message.parse(holding({ ...user_alias, other: 1 }))).toEqual(holding(user_alias))
})

/** The paths of all values in the message, from the message itself down to the innermost ones. */
function paths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]]
  return [[...path], ...Object.entries(value).flatMap(([key, inner]) => paths(inner, [...path, key]))]
}

function withAt(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
  if (key === undefined) return put
  if (Array.isArray(value))
    return value.map((inner, index) => (String(index) === key ? withAt(inner, rest, put) : inner))
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : []
  const inner = members.find(([name]) => name === key)?.[1]
  return Object.fromEntries([...members.filter(([name]) => name !== key), [key, withAt(inner, rest, put)]])
}

const anyPath = fc.constantFrom(...paths(MESSAGE).filter((path) => path.length > 0))
const other = fc.oneof(
  fc.constantFrom(undefined, null, '', 'profile', 'event', 'purchase', 'null', 0, 1, Infinity, true, [], {}, [
    null,
  ]),
  fc.json().map((text): unknown => JSON.parse(text)),
)

test('nothing is recognised that the rule refuses', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyPath, other), { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = changes.reduce<unknown>((message, [path, put]) => withAt(message, path, put), MESSAGE)
      if (isMessage(changed)) expect(Message.safeParse(changed).success).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})
