import type { VirtualFleet } from './virtual-bridge.ts'

/** `prod` of cdk.json as it is delivered. */
export const PROD: VirtualFleet = {
  lanes: 16,
  queues: {
    profiles: { concurrency: 8, requestsPerSecond: 40 },
    events: { concurrency: 4, requestsPerSecond: 20 },
  },
}

/** For a thousand single events a second: 24 workers take ten messages each, five times a second. */
export const FOR_A_THOUSAND_EVENTS: VirtualFleet = {
  lanes: 128,
  queues: { ...PROD.queues, events: { concurrency: 24, requestsPerSecond: 120 } },
}

/** For a billion rows a day without pause: 11,574 a second, of which Braze takes about 73 a request. */
export const FOR_A_BILLION_A_DAY: VirtualFleet = {
  lanes: 32,
  queues: {
    profiles: { concurrency: 32, requestsPerSecond: 160 },
    events: { concurrency: 12, requestsPerSecond: 60 },
  },
}
