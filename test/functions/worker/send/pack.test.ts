import { expect, test } from 'vitest'
import { type BatchItem, pack, trackBody } from '../../../../functions/worker/send/batch.ts'

const batchItem = (user: string, array: BatchItem['array'] = 'events', json = `"${user}"`): BatchItem => ({
  array,
  user,
  records: [],
  json,
})
const batchItems = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, n) => batchItem(`${prefix}${n}`))
/** @param maxObjects how many objects a request may hold. */
const packed = (groups: BatchItem[][], maxObjects = 75) => pack(groups, maxObjects)
const sizes = (requests: BatchItem[][]) => requests.map(({ length }) => length)

test('requests fill up to 75 objects and no group is cut', () => {
  expect(sizes(packed([batchItems(40, 'a'), batchItems(35, 'b'), batchItems(1, 'c')]))).toEqual([75, 1])
  expect(sizes(packed([batchItems(40, 'a'), batchItems(36, 'b'), batchItems(30, 'c')]))).toEqual([40, 66])
})

test('requests stay well under 4 MB', () => {
  const large = 'x'.repeat(1_000_000)
  expect(sizes(packed(['a', 'b', 'c', 'd'].map((user) => [batchItem(user, 'events', large)])))).toEqual([
    3, 1,
  ])
})

test('two attribute objects of one user never share a request; two events do', () => {
  expect(
    sizes(
      packed([
        [batchItem('a', 'attributes')],
        [batchItem('b', 'attributes')],
        [batchItem('a', 'attributes')],
      ]),
    ),
  ).toEqual([2, 1])
  expect(sizes(packed([[batchItem('a')], [batchItem('a')]]))).toEqual([2])
})

test('requests fill up to the number of objects that the settings allow', () => {
  expect(sizes(packed([batchItems(40, 'a'), batchItems(10, 'b'), batchItems(1, 'c')], 50))).toEqual([50, 1])
  expect(sizes(packed([batchItems(1, 'a'), batchItems(1, 'b')], 1))).toEqual([1, 1])
})

test('a group that fits no request goes piece by piece', () => {
  expect(sizes(packed([batchItems(80, 'a')]))).toEqual([75, 5])
  expect(sizes(packed([batchItems(75, 'a')], 50))).toEqual([50, 25])
})

test('nothing to send is no request', () => {
  expect(packed([[], []])).toEqual([])
})

test('the body is put together from JSON', () => {
  expect(
    trackBody([
      batchItem('a', 'attributes', '{"external_id":"a"}'),
      batchItem('b', 'events', '{"name":"n"}'),
    ]),
  ).toBe('{"attributes":[{"external_id":"a"}],"events":[{"name":"n"}]}')
})
