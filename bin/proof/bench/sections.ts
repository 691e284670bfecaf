import type { Section } from './figure.ts'

/** All sections, in the order in which they are run. The code of a section is loaded when it runs. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  cpu: {
    title: 'Processor time for 10,000 records',
    measure: async (options) => (await import('./cpu.ts')).cpu(options),
  },
  requests: {
    title: 'Requests to Braze',
    measure: async (options) => (await import('./requests.ts')).requests(options),
  },
  lanes: {
    title: 'Effects of lanes, for a million rows',
    measure: async (options) => (await import('./lanes.ts')).lanes(options),
  },
  audience: {
    title: 'How long an audience takes, in virtual time',
    measure: async (options) => (await import('./audience.ts')).audience(options),
  },
  batches: {
    title: 'The batch size of profile changes, in virtual time',
    measure: async (options) => (await import('./batches.ts')).batches(options),
  },
  trickle: {
    title: 'Single events, one by one, in virtual time',
    measure: async (options) => (await import('./trickle.ts')).trickle(options),
  },
  delay: {
    title: 'The delay of profile changes, in virtual time',
    measure: async (options) => (await import('./delay.ts')).delay(options),
  },
  usage: {
    title: 'What AWS bills for a million rows',
    measure: async (options) => (await import('./usage.ts')).usage(options),
  },
  faults: {
    title: 'Failures of Braze',
    measure: async (options) => (await import('./faults.ts')).faults(options),
  },
  growth: {
    title: 'A row in small and large activations',
    measure: async (options) => (await import('./growth.ts')).growth(options),
  },
  receiver: {
    title: 'The deployed receiver, with SQS on loopback',
    measure: async (options) => (await import('./receiver.ts')).receiver(options),
  },
  'end-to-end': {
    title: 'The local run, all of it in one process',
    measure: async (options) => (await import('./end-to-end.ts')).endToEnd(options),
  },
  'cold-start': {
    title: 'Start of the functions',
    measure: async (options) => (await import('./cold-start.ts')).coldStart(options),
  },
}
