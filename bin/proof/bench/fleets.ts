import type { Fleet } from '../world.ts'

/**
 * The settings of `prod` in cdk.json, without the delay of profile changes. Short runs would show it as lost
 * throughput; the section `delay` measures it.
 */
export const PROD: Fleet = {
  lanes: 16,
  queues: {
    profiles: { concurrency: 8, requestsPerSecond: 40 },
    events: { concurrency: 4, requestsPerSecond: 20 },
  },
}

/**
 * Settings for a thousand single events a second. Workers top up their batches from lanes that are not in
 * flight, so there must be more lanes than workers.
 */
export const FOR_A_THOUSAND_EVENTS: Fleet = { ...PROD, lanes: 32 }

/**
 * Settings for a billion rows a day without pause: 11,574 a second, in Braze requests of about 73 objects
 * each.
 */
export const FOR_A_BILLION_A_DAY: Fleet = {
  lanes: 32,
  queues: {
    profiles: { concurrency: 32, requestsPerSecond: 160 },
    events: { concurrency: 12, requestsPerSecond: 60 },
  },
}
