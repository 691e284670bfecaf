import * as z from 'zod'
import type { LogStore } from '../log-store.ts'
import type { Measurements } from '../measurements.ts'
import type { ControlResponse } from './control-response.ts'
import { figuresSince, lastAnswer, parkedSince, personLinesSince, runLinesSince } from './telemetry.ts'

export type TelemetryParts = { measurements: Measurements; logStore: LogStore }

const Since = z.coerce.number()

/**
 * Answers with what a running bridge has measured and logged.
 * @returns undefined for any other address.
 */
export function answerTelemetry(
  { method, path, query }: { method: string; path: string; query: URLSearchParams },
  { measurements, logStore }: TelemetryParts,
): ControlResponse | undefined {
  const since = Since.safeParse(query.get('since') ?? 0).data ?? 0
  switch (`${method} ${path}`) {
    case 'GET /api/telemetry/figures':
      return ok(figuresSince(measurements, since))
    case 'GET /api/telemetry/parked':
      return ok(parkedSince(measurements, since))
    case 'GET /api/telemetry/last-answer':
      return ok({ last: lastAnswer(logStore) })
    case 'GET /api/telemetry/run':
      return ok(runLinesSince(logStore, query.get('run') ?? '', since))
    case 'GET /api/telemetry/person': {
      const person = query.get('person')
      return ok(person ? personLinesSince(logStore, person, since) : [])
    }
  }
  return undefined
}

const ok = (body: unknown): ControlResponse => ({ status: 200, body })
