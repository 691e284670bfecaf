import { describe, expect, it } from 'vitest'
import { enqueue } from '../../../../functions/receiver/store/enqueue.ts'
import type { OutgoingMessage } from '../../../../functions/shared/queue.edge.ts'

const message = (group: string, body: string, queueUrl = 'profiles'): OutgoingMessage => ({
  queueUrl,
  group,
  dedupId: body,
  body,
})

/** An in-memory queue. It rejects a body once for each time that `refusals` names it. */
function queue(refusals: string[] = []) {
  const taken: string[] = []
  const calls: string[][] = []
  const pauses: number[] = []
  const left = [...refusals]
  return {
    taken,
    calls,
    pauses,
    deps: {
      now: () => 0,
      pause: async (ms: number) => {
        pauses.push(ms)
      },
      sendBatch: async (batch: readonly OutgoingMessage[]) => {
        calls.push(batch.map(({ body }) => body))
        return batch.filter(({ body }) => {
          const refused = left.indexOf(body)
          if (refused >= 0) left.splice(refused, 1)
          else taken.push(body)
          return refused >= 0
        })
      },
    },
  }
}

const A = [message('lane-1', 'a1'), message('lane-1', 'a2'), message('lane-1', 'a3')]
const B = [message('lane-2', 'b1'), message('lane-2', 'b2')]

describe('enqueue', () => {
  it('sends nothing when there is nothing', async () => {
    const { deps, calls } = queue()
    expect(await enqueue([], 1, deps)).toBe(true)
    expect(calls).toEqual([])
  })

  it('sends at most one message per lane at a time', async () => {
    const { deps, calls } = queue()
    expect(await enqueue([A, B], 1, deps)).toBe(true)
    expect(calls).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']])
  })

  it('sends each queue its own batch', async () => {
    const { deps, calls } = queue()
    await enqueue([[message('lane-1', 'p')], [message('lane-1', 'e', 'events')]], 1, deps)
    expect(calls).toEqual([['p'], ['e']])
  })

  it('tries again what was not taken before it goes on in that lane', async () => {
    const { deps, calls, taken, pauses } = queue(['a1', 'a1'])
    expect(await enqueue([A, B], 1, deps)).toBe(true)
    expect(calls).toEqual([['a1', 'b1'], ['a1'], ['a1'], ['a2', 'b2'], ['a3']])
    expect(taken).toEqual(['b1', 'a1', 'a2', 'b2', 'a3'])
    expect(pauses).toEqual([200, 200])
  })

  it('gives up a lane after three tries, never the others, and says so', async () => {
    const { deps, taken } = queue(['a2', 'a2', 'a2'])
    expect(await enqueue([A, B], 1, deps)).toBe(false)
    expect(taken).toEqual(['a1', 'b1', 'b2'])
  })

  it('begins nothing after the deadline', async () => {
    const { deps, calls } = queue()
    let time = 0
    const now = () => {
      time += 10
      return time
    }
    expect(await enqueue([A], 25, { ...deps, now })).toBe(false)
    expect(calls).toEqual([['a1'], ['a2']])
  })
})
