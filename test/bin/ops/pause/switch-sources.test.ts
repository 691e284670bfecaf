import { expect, test } from 'vitest'
import type { EventSourceStatus } from '../../../../bin/ops/bridge.ts'
import { switchSources } from '../../../../bin/ops/pause/command.ts'

type State = EventSourceStatus['state']

/**
 * Switches the event source of profiles while AWS reports these states of it, one at each poll. The last one
 * repeats. Each update is recorded with the state that AWS reported before it.
 */
async function switchProfiles(enabled: boolean, states: State[], stopAfterMs = Number.POSITIVE_INFINITY) {
  const updates: State[] = []
  const stopping = new AbortController()
  let elapsedMs = 0
  let reported: State = 'changing'
  const [source] = await switchSources(['profiles'], enabled, {
    bridge: {
      eventSources: async () => {
        reported = (states.length > 1 ? states.shift() : states[0]) ?? reported
        return { profiles: { state: reported }, events: { state: 'enabled' } }
      },
      enable: async () => {
        updates.push(reported)
      },
    },
    now: () => elapsedMs,
    pause: async (ms) => {
      elapsedMs += ms
      if (elapsedMs >= stopAfterMs) stopping.abort()
    },
    stop: stopping.signal,
  })
  return { isDone: source?.isDone, isRequested: source?.isRequested, updates, elapsedMs }
}

const THREE_MINUTES_MS = 180_000

test.each<[string, boolean, State[], Awaited<ReturnType<typeof switchProfiles>>]>([
  [
    'requests the change once, and waits until AWS confirms it',
    false,
    ['enabled', 'enabled', 'changing', 'changing', 'disabled'],
    { isDone: true, isRequested: true, updates: ['enabled'], elapsedMs: 6_000 },
  ],
  [
    'requests nothing if the state is right',
    false,
    ['disabled'],
    { isDone: true, isRequested: false, updates: [], elapsedMs: 0 },
  ],
  [
    'waits for the end of another change before it requests its own',
    true,
    ['changing', 'changing', 'disabled', 'changing', 'enabled'],
    { isDone: true, isRequested: true, updates: ['disabled'], elapsedMs: 6_000 },
  ],
  [
    'gives up after three minutes',
    true,
    ['disabled', 'changing'],
    { isDone: false, isRequested: true, updates: ['disabled'], elapsedMs: THREE_MINUTES_MS },
  ],
  [
    'knows that it has requested nothing',
    true,
    ['changing'],
    { isDone: false, isRequested: false, updates: [], elapsedMs: THREE_MINUTES_MS },
  ],
])('%s', async (_, enabled, states, expected) => {
  expect(await switchProfiles(enabled, states)).toEqual(expected)
})

test('ends when the operator stops waiting', async () => {
  expect(await switchProfiles(false, ['enabled', 'changing'], 4_000)).toMatchObject({
    isDone: false,
    elapsedMs: 4_000,
  })
})
