import { coldStart } from './cold-start.ts'
import { cpu } from './cpu.ts'
import { endToEnd } from './end-to-end.ts'
import { faults } from './faults.ts'
import type { Section } from './figure.ts'
import { growth } from './growth.ts'
import { lanes } from './lanes.ts'
import { receiver } from './receiver.ts'
import { requests } from './requests.ts'
import { trickle } from './trickle.ts'
import { usage } from './usage.ts'

/** All sections, in the order in which they are run. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  cpu: { title: 'Time of the processor for 10,000 records', measure: cpu },
  requests: { title: 'Requests to Braze', measure: requests },
  lanes: {
    title: 'What lanes and the size of messages change, for a million rows that wait in the queues',
    measure: lanes,
  },
  trickle: { title: 'Single events, one by one, in virtual time', measure: trickle },
  usage: { title: 'What AWS bills for a million rows', measure: usage },
  faults: { title: 'Troubles at Braze', measure: faults },
  growth: { title: 'A row in small and large activations', measure: growth },
  receiver: { title: 'The deployed receiver, with SQS on loopback', measure: receiver },
  'end-to-end': { title: 'The local run, all of it in one process', measure: endToEnd },
  'cold-start': { title: 'Start of the functions', measure: coldStart },
}
