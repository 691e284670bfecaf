import { expect, test } from 'vitest'
import type { EventSourceStatus } from '../../../../bin/ops/bridge.ts'
import { switchSources } from '../../../../bin/ops/pause/switch-sources.ts'
import type { QueueName } from '../../../../functions/shared/record.ts'

/** AWS reports these states of the profiles' event source, one at each poll. The last state repeats. */
function setUp(...states: EventSourceStatus['state'][]) {
  const calls: [QueueName, boolean, EventSourceStatus['state'] | undefined][] = []
  let clock = 0
  let reported: EventSourceStatus['state'] | undefined
  const stopping = new AbortController()
  return {
    calls,
    stopping,
    elapsed: () => clock,
    deps: {
      bridge: {
        eventSources: async () => {
          reported = states.length > 1 ? states.shift() : states[0]
          return { profiles: { state: reported ?? 'changing' }, events: { state: 'enabled' } } as const
        },
        enable: async (queue: QueueName, enabled: boolean) => {
          calls.push([queue, enabled, reported])
        },
      },
      now: () => clock,
      pause: async (ms: number) => {
        clock += ms
      },
      stop: stopping.signal,
    },
  }
}

test('asks once and waits until AWS says it is off', async () => {
  const { deps, calls, elapsed } = setUp('enabled', 'enabled', 'changing', 'changing', 'disabled')
  expect(await switchSources(['profiles'], false, deps)).toEqual([])
  expect(calls).toEqual([['profiles', false, 'enabled']])
  expect(elapsed()).toBe(6_000)
})

test('asks nothing where it is so already', async () => {
  const { deps, calls } = setUp('disabled')
  expect(await switchSources(['profiles'], false, deps)).toEqual([])
  expect(calls).toEqual([])
})

test('asks only when a change that is under way has ended: AWS refuses it before', async () => {
  const { deps, calls } = setUp('changing', 'changing', 'disabled', 'changing', 'enabled')
  expect(await switchSources(['profiles'], true, deps)).toEqual([])
  expect(calls).toEqual([['profiles', true, 'disabled']])
})

test('gives up after three minutes, and tells which', async () => {
  const { deps, elapsed } = setUp('disabled', 'changing')
  expect(await switchSources(['profiles', 'events'], true, deps)).toEqual(['profiles'])
  expect(elapsed()).toBe(180_000)
})

test('ends when the person wants an end', async () => {
  const { deps, stopping } = setUp('enabled', 'changing')
  const pause = async () => stopping.abort()
  expect(await switchSources(['profiles'], false, { ...deps, pause })).toEqual(['profiles'])
})
