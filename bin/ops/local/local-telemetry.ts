import * as z from 'zod'
import {
  type BridgeTelemetry,
  Figures,
  LastAnswer,
  ParkedByCode,
  PersonLine,
  RunLines,
} from '../telemetry.ts'
import { type ControlAddress, callControl } from './local-bridge.ts'

const Last = z.object({ last: LastAnswer.optional() })

/**
 * Reads the metrics and logs of a running `npm start` through its control address. They are lost when it
 * ends.
 */
export function localTelemetry(control: ControlAddress, now: () => number): BridgeTelemetry {
  const get = <T>(what: string, shape: z.ZodType<T>, query: Record<string, string> = {}) =>
    callControl(control, 'GET', `/api/telemetry/${what}?${new URLSearchParams(query)}`, shape)
  const since = (ms: number) => String(now() - ms)
  return {
    figures: (ms) => get('figures', Figures, { since: since(ms) }),
    parked: (ms) => get('parked', ParkedByCode, { since: since(ms) }),
    lastAnswer: async () => (await get('last-answer', Last)).last,
    run: (run, ms) => get('run', RunLines, { run, since: since(ms) }),
    person: (person, ms) => get('person', z.array(PersonLine), { person, since: since(ms) }),
  }
}
