import type { StateChange } from './change.ts'
import { checkAccess, checkBody, pathWithoutQuery } from './check-access.ts'
import { handleExportIds } from './export-ids.ts'
import type { SimulatorRequest, SimulatorResponse } from './outcome.ts'
import { applyRateLimit, type RateLimitWindow, tooManyRequests } from './rate-limit.ts'
import type { SimulatorSettings } from './settings.ts'
import type { SimulatorState } from './state.ts'
import { type Distortion, handleTrack } from './track.ts'

export type Workspace = {
  state: SimulatorState
  settings: SimulatorSettings
  /** The rate-limit window of each path. */
  windows: Map<string, RateLimitWindow>
}

export type RequestResult = { answer: SimulatorResponse; changes: StateChange[] }

/** Applies Braze's rules to a request, from the URL to the last object. `body` is the parsed body. */
export function carryOut(
  workspace: Workspace,
  request: SimulatorRequest,
  body: unknown,
  now: number,
  distortion: Distortion,
): RequestResult {
  const { state, settings, windows } = workspace
  const denied = checkAccess(request, settings.keys)
  if (denied) return { answer: denied, changes: [] }

  const path = pathWithoutQuery(request)
  const isExport = path === '/users/export/ids'
  const limited = applyRateLimit(
    windows.get(path),
    isExport ? settings.exportLimit : settings.trackLimit,
    now,
  )
  windows.set(path, limited.window)
  if (!limited.ok) return { answer: tooManyRequests(settings.waitDialect, limited.resetAt, now), changes: [] }

  const invalidBody = checkBody(request)
  const { answer, changes } = invalidBody
    ? { answer: invalidBody, changes: [] }
    : isExport
      ? { answer: handleExportIds(state, body), changes: [] }
      : handleTrack(state, body, now, distortion)
  return { answer: { ...answer, headers: { ...answer.headers, ...limited.headers } }, changes }
}
