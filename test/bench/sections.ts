import { cpu } from './cpu.ts'
import type { Figure } from './figure.ts'
import { requests } from './requests.ts'

export type Options = { short: boolean; seed: number }
export type Section = { title: string; measure: (options: Options) => Promise<Figure[]> }

/** In the order in which they are run. */
export const SECTIONS: Readonly<Record<string, Section>> = {
  cpu: { title: 'Time of the processor for 10,000 records', measure: cpu },
  requests: { title: 'Requests to Braze', measure: requests },
}
