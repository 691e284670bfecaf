import { expect, test } from 'vitest'
import { type BridgeStatusDeps, reportBridge } from '../../../../bin/ops/status/bridge-status.ts'
import { NO_ANSWERS } from '../no-answers.ts'

const FIGURES = { accepted: 0, delivered: 0, parked: 0, requests: 20, objects: 900 }
const ANSWERS = { ...NO_ANSWERS, '2xx': 20 }

const deps = (objectsPerRequest: number): BridgeStatusDeps => ({
  bridge: {
    eventSources: async () => ({ profiles: { state: 'enabled' }, events: { state: 'enabled' } }),
    enable: async () => undefined,
    queues: async () => ({ profiles: { waiting: 0, inFlight: 0 }, events: { waiting: 0, inFlight: 0 } }),
    finished: async () => [],
  },
  telemetry: {
    figures: async () => ({
      profiles: FIGURES,
      events: { ...FIGURES, objects: 100 },
      answers: ANSWERS,
      holds: 0,
    }),
    parked: async () => ({}),
    lastAnswer: async () => undefined,
    run: async () => ({ queues: [], audiences: [] }),
    person: async () => [],
  },
  countDeadLetters: async () => 0,
  now: () => 0,
  objectsPerRequest,
  targetFlags: '--stage fixture',
})

test.each([
  [75, '  requests filled                   60 %           7 %'],
  [50, '  requests filled                   90 %          10 %'],
])('with %i objects in a request, it shows how full the requests were', async (objects, line) => {
  expect((await reportBridge(deps(objects), 'fixture')).lines).toContain(line)
})
