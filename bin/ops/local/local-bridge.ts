import type * as z from 'zod'
import {
  EventSourceShape,
  EventSourcesShape,
  FinishedShape,
  type QueueShape,
  QueuesShape,
} from '../../local/control/shapes.ts'
import type { Bridge, EventSourceStatus, QueueState } from '../bridge.ts'
import { parseAnswer } from '../parse-answer.ts'

export type ControlAddress = { url: string; token: string }

/** Operates a running `npm start` through its control address. */
export function localBridge(control: ControlAddress, now: () => number): Bridge {
  return {
    eventSources: async () => {
      const { profiles, events } = await callControl(control, 'GET', '/api/event-sources', EventSourcesShape)
      return { profiles: stateOf(profiles), events: stateOf(events) }
    },
    enable: async (queue, enabled) => {
      await callControl(control, 'PUT', `/api/event-sources/${queue}`, EventSourceShape, { enabled })
    },
    queues: async () => {
      const { profiles, events } = await callControl(control, 'GET', '/api/queues', QueuesShape)
      return { profiles: queueOf(profiles, now()), events: queueOf(events, now()) }
    },
    finished: async (since) =>
      (await callControl(control, 'POST', '/api/finished', FinishedShape, { since })).finished,
  }
}

const stateOf = ({ enabled }: { enabled: boolean }): EventSourceStatus => ({
  state: enabled ? 'enabled' : 'disabled',
})

const queueOf = ({ waiting, inFlight, oldestSentAt }: QueueShape, now: number): QueueState => ({
  waiting,
  inFlight,
  ...(oldestSentAt !== undefined && { oldestMs: Math.max(0, now - oldestSentAt) }),
})

/** @throws if nothing answers, or the answer is not as expected. */
export async function callControl<T>(
  { url, token }: ControlAddress,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  shape: z.ZodType<T>,
  body?: unknown,
): Promise<T> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${method} ${path} of the local run answered ${response.status}`)
  return parseAnswer('The local run', shape, await response.json())
}
