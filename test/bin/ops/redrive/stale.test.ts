import { expect, test } from 'vitest'
import type { AcceptanceOrder } from '../../../../bin/ops/redrive/order.ts'
import { latestWrites, splitOvertaken } from '../../../../bin/ops/redrive/stale.ts'
import type { ProfileRecord } from '../../../../functions/shared/record.ts'

const at = (minute: number): AcceptanceOrder => [minute * 60_000, 0, 'message fixture', 0]
const change = (minute: number, written: Partial<ProfileRecord>, user = 'e:fixture-u1') => ({
  user,
  order: at(minute),
  record: { type: 'profile' as const, external_id: 'fixture-u1', ...written },
})

/** What remains of the earlier change when a later one is in the queue too, and what is overtaken. */
const split = (
  earlier: Partial<ProfileRecord>,
  later: Partial<ProfileRecord>,
  laterUser = 'e:fixture-u1',
) => {
  const changes = [change(1, earlier), change(2, later, laterUser)]
  const { fresh, overtaken } = splitOvertaken(change(1, earlier), latestWrites(changes))
  return [fresh?.attributes ?? fresh?.memberships, overtaken?.attributes ?? overtaken?.memberships]
}

const flag = (member: boolean, audience_id = '7') => ({ audience_id, split_id: '1', member })

test.each([
  ['the same attribute', { tier: 'a' }, { tier: 'b' }, undefined, { tier: 'a' }],
  ['another attribute', { tier: 'a' }, { city: 'b' }, { tier: 'a' }, undefined],
  ['one of two', { tier: 'a', city: 'x' }, { tier: 'b' }, { city: 'x' }, { tier: 'a' }],
  ['a removal', { tier: 'a' }, { tier: null }, undefined, { tier: 'a' }],
  ['the same name but for outer spaces', { 'tier ': 'a' }, { ' tier': 'b' }, undefined, { 'tier ': 'a' }],
  ['a value after an increment', { n: { inc: 1 } }, { n: 5 }, undefined, { n: { inc: 1 } }],
  ['an increment after a value', { n: 5 }, { n: { inc: 1 } }, { n: 5 }, undefined],
  ['two increments', { n: { inc: 1 } }, { n: { inc: 2 } }, { n: { inc: 1 } }, undefined],
  [
    'an object that is merged',
    { o: { a: 1 } },
    { o: { b: 1 }, _merge_objects: true },
    { o: { a: 1 } },
    undefined,
  ],
  [
    'one for known persons only',
    { tier: 'a' },
    { tier: 'b', _update_existing_only: true },
    { tier: 'a' },
    undefined,
  ],
  [
    'lists that Braze adds to',
    { subscription_groups: ['x'] },
    { subscription_groups: ['y'] },
    { subscription_groups: ['x'] },
    undefined,
  ],
  [
    'a part of an object with a directive',
    { tier: 'a', city: 'x', _update_existing_only: true },
    { tier: 'b' },
    { city: 'x', _update_existing_only: true },
    { tier: 'a', _update_existing_only: true },
  ],
  [
    'all of an object with a directive',
    { tier: 'a', _merge_objects: true },
    { tier: 'b' },
    undefined,
    { tier: 'a', _merge_objects: true },
  ],
])('a later letter with %s', (_, earlier, later, fresh, overtaken) => {
  expect(split({ attributes: earlier }, { attributes: later })).toEqual([fresh, overtaken])
})

test('a later leave overtakes an entry, whether it stands as membership or as attribute', () => {
  expect(split({ memberships: [flag(true)] }, { memberships: [flag(false)] })).toEqual([
    undefined,
    [flag(true)],
  ])
  expect(split({ memberships: [flag(true)] }, { attributes: { AIQ_7_1: false } })).toEqual([
    undefined,
    [flag(true)],
  ])
})

test('another audience’s flag overtakes nothing', () => {
  expect(split({ memberships: [flag(true)] }, { memberships: [flag(false, '8')] })).toEqual([
    [flag(true)],
    undefined,
  ])
})

test('another person’s value overtakes nothing', () => {
  expect(split({ attributes: { tier: 'a' } }, { attributes: { tier: 'b' } }, 'e:fixture-u2')).toEqual([
    { tier: 'a' },
    undefined,
  ])
})

test('the later of the two is not overtaken, nor is one by itself', () => {
  const later = change(2, { attributes: { tier: 'b' } })
  const latest = latestWrites([change(1, { attributes: { tier: 'a' } }), later, later])
  expect(splitOvertaken(later, latest)).toEqual({
    fresh: { type: 'profile', external_id: 'fixture-u1', attributes: { tier: 'b' } },
    overtaken: undefined,
  })
})

test('an attribute named __proto__ is data like any other', () => {
  const attributes = JSON.parse('{"__proto__":"a","city":"x"}')
  const [fresh, overtaken] = split({ attributes }, { attributes: JSON.parse('{"__proto__":"b"}') })
  expect([JSON.stringify(fresh), JSON.stringify(overtaken)]).toEqual(['{"city":"x"}', '{"__proto__":"a"}'])
})

const named = (attribute: string) => ({
  memberships: [{ audience_id: '1', split_id: '0', member: true, attribute }],
})

test('a flag is known by the name that its connection gives it', () => {
  const vip = named('fixture-vip')
  expect(split(vip, { attributes: { 'fixture-vip': false } })).toEqual([undefined, vip.memberships])
  expect(split(vip, named('fixture-other'))).toEqual([vip.memberships, undefined])
})
