import type { StateChange } from './change.ts'
import { handleExportIds } from './export-ids.ts'
import { jsonResponse, requestHeader, type SimulatorRequest, type SimulatorResponse } from './outcome.ts'
import { applyRateLimit, type RateLimitWindow, tooManyRequests } from './rate-limit.ts'
import type { Permission, SimulatorSettings } from './settings.ts'
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

/** The permission that each path needs. Braze names permissions after paths. */
const PERMISSIONS: Readonly<Record<string, Permission>> = {
  '/users/track': 'users.track',
  '/users/export/ids': 'users.export.ids',
}

/** "4 MB" in the stricter reading. A client that respects it also respects 4 MiB. */
export const MAX_BODY_BYTES = 4_000_000

export const pathWithoutQuery = ({ path }: SimulatorRequest) => path.split('?', 1)[0] ?? ''

/** @returns the error for a wrong URL, method or key; otherwise undefined. */
function checkAccess(
  request: SimulatorRequest,
  keys: SimulatorSettings['keys'],
): SimulatorResponse | undefined {
  const path = pathWithoutQuery(request)
  if (path.endsWith('/') && Object.hasOwn(PERMISSIONS, path.slice(0, -1)))
    return jsonResponse(403, { message: 'Forbidden' })
  const needed = Object.hasOwn(PERMISSIONS, path) ? PERMISSIONS[path] : undefined
  if (needed === undefined) return jsonResponse(404, { message: 'Not found' })
  if (request.method !== 'POST')
    return jsonResponse(405, { message: 'Method not allowed' }, { allow: 'POST' })
  const key = keyOf(request)
  if (!Object.hasOwn(keys, key)) return unauthorized(request)
  if (!keys[key]?.includes(needed)) return jsonResponse(403, { message: `The key lacks ${needed}` })
  return undefined
}

/** @returns the error for a body that Braze does not even parse; otherwise undefined. */
function checkBody(request: SimulatorRequest): SimulatorResponse | undefined {
  if (!requestHeader(request, 'content-type')?.toLowerCase().startsWith('application/json'))
    return jsonResponse(400, { message: 'Content-Type must be application/json' })
  if (Buffer.byteLength(request.body) > MAX_BODY_BYTES)
    return jsonResponse(413, { message: 'Payload too large' })
  return undefined
}

/** Echoes the key, as Braze can. A client that logs this body would therefore log the key. */
export const unauthorized = (request: SimulatorRequest) =>
  jsonResponse(401, { message: `Invalid API key: ${keyOf(request)}` })

function keyOf(request: SimulatorRequest): string {
  const [, key = ''] = /^Bearer (.+)$/i.exec(requestHeader(request, 'authorization') ?? '') ?? []
  return key
}
