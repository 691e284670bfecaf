import { describe, expect, it } from 'vitest'
import { type OutgoingMessage, toBatches } from '../../../functions/shared/queue.edge.ts'

const message = (name: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage => ({
  queueUrl: 'profiles',
  group: name,
  dedupId: name,
  body: name,
  ...more,
})
const names = (batches: OutgoingMessage[][]) => batches.map((batch) => batch.map(({ group }) => group))
const bytes = (name: string, length: number) => message(name, { body: 'x'.repeat(length) })

describe('toBatches', () => {
  it('makes none of nothing', () => {
    expect(toBatches([])).toEqual([])
  })

  it('takes 10 messages', () => {
    const messages = Array.from({ length: 21 }, (_, i) => message(`m${i}`))
    expect(toBatches(messages).map(({ length }) => length)).toEqual([10, 10, 1])
    expect(toBatches(messages).flat()).toEqual(messages)
  })

  it('takes one queue', () => {
    const messages = [
      message('p1'),
      message('e1', { queueUrl: 'events' }),
      message('p2'),
      message('e2', { queueUrl: 'events' }),
    ]
    expect(names(toBatches(messages))).toEqual([
      ['p1', 'p2'],
      ['e1', 'e2'],
    ])
  })

  it('takes 1,048,576 bytes to the last', () => {
    expect(names(toBatches([bytes('a', 1_000_000), bytes('b', 48_576)]))).toEqual([['a', 'b']])
    expect(names(toBatches([bytes('a', 1_000_000), bytes('b', 48_577)]))).toEqual([['a'], ['b']])
  })

  it('counts attributes: their names, types and values', () => {
    // "code" + "String" + "12345" are 15 bytes.
    const withAttributes = (length: number) =>
      message('b', { body: 'x'.repeat(length), attributes: { code: '12345' } })
    expect(names(toBatches([bytes('a', 1_000_000), withAttributes(48_561)]))).toEqual([['a', 'b']])
    expect(names(toBatches([bytes('a', 1_000_000), withAttributes(48_562)]))).toEqual([['a'], ['b']])
  })

  it('keeps the order, also where a later message would still fit', () => {
    const messages = [bytes('a', 600_000), bytes('b', 600_000), bytes('c', 100)]
    expect(names(toBatches(messages))).toEqual([['a'], ['b', 'c']])
  })

  it('leaves a message that no batch takes alone: SQS refuses it by itself', () => {
    expect(names(toBatches([bytes('a', 10), bytes('b', 2_000_000), bytes('c', 10)]))).toEqual([
      ['a'],
      ['b'],
      ['c'],
    ])
  })
})
