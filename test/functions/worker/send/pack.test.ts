import { expect, test } from 'vitest'
import { type Piece, pack, trackBody } from '../../../../functions/worker/send/batch.ts'

const piece = (user: string, array: Piece['array'] = 'events', json = `"${user}"`): Piece => ({
  array,
  user,
  sources: [],
  json,
})
const pieces = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, n) => piece(`${prefix}${n}`))
const sizes = (requests: Piece[][]) => requests.map(({ length }) => length)

test('requests fill up to 75 objects and no group is cut', () => {
  expect(sizes(pack([pieces(40, 'a'), pieces(35, 'b'), pieces(1, 'c')]))).toEqual([75, 1])
  expect(sizes(pack([pieces(40, 'a'), pieces(36, 'b'), pieces(30, 'c')]))).toEqual([40, 66])
})

test('requests stay well under 4 MB', () => {
  const large = 'x'.repeat(1_000_000)
  expect(sizes(pack(['a', 'b', 'c', 'd'].map((user) => [piece(user, 'events', large)])))).toEqual([3, 1])
})

test('two attribute objects of one user never share a request; two events do', () => {
  expect(
    sizes(pack([[piece('a', 'attributes')], [piece('b', 'attributes')], [piece('a', 'attributes')]])),
  ).toEqual([2, 1])
  expect(sizes(pack([[piece('a')], [piece('a')]]))).toEqual([2])
})

test('a group that fits no request goes piece by piece', () => {
  expect(sizes(pack([pieces(80, 'a')]))).toEqual([75, 5])
})

test('nothing to send is no request', () => {
  expect(pack([[], []])).toEqual([])
})

test('the body is put together from JSON', () => {
  expect(
    trackBody([piece('a', 'attributes', '{"external_id":"a"}'), piece('b', 'events', '{"name":"n"}')]),
  ).toBe('{"attributes":[{"external_id":"a"}],"events":[{"name":"n"}]}')
})
