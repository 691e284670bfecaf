import { describe, expect, it } from 'vitest'
import { laneGroup, laneOf } from '../../../functions/shared/message.ts'

describe('laneOf', () => {
  // If a user's lane changed, the user's next message would be in another lane than those that still wait.
  it.each([
    ['e:u-1', 16, 15],
    ['b:u-1', 16, 10],
    ['e:é', 16, 5],
    ['e:u-1', 10, 9],
    ['b:u-1', 10, 4],
    ['', 16, 5],
    ['foobar', 16, 8],
    ['e:u-1', 1, 0],
  ])('puts %j of %i lanes into lane %i, for ever', (user, lanes, lane) => {
    expect(laneOf(user, lanes)).toBe(lane)
  })

  it('spreads numbered users evenly', () => {
    const users = Array<number>(16).fill(0)
    for (let i = 0; i < 16_000; i++) {
      const lane = laneOf(`e:cust-${String(i).padStart(8, '0')}`, 16)
      users[lane] = (users[lane] ?? 0) + 1
    }
    expect(Math.min(...users)).toBeGreaterThan(900)
    expect(Math.max(...users)).toBeLessThan(1_100)
  })
})

it('names the message group of a lane', () => {
  expect(laneGroup(7)).toBe('lane-7')
})
