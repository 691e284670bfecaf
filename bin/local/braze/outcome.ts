/** A request as it reached the simulator: the same in process and over HTTP. */
export type SimulatorRequest = {
  method: string
  /** Path with or without a query string. */
  path: string
  /** Names in any case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's text, unread. */
  body: string
}

export type SimulatorResponse = {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

/**
 * What becomes of a request. Whatever it stores is stored when the request arrives; only the answer, or the
 * reset, comes `delayMs` milliseconds later.
 */
export type SimulatorOutcome =
  | ({ kind: 'answer'; delayMs: number } & SimulatorResponse)
  /** The connection breaks without an answer; `applied` says whether the request was carried out before. */
  | { kind: 'reset'; delayMs: number; applied: boolean }

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): SimulatorResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** A request's header by its lower-case name. */
export function requestHeader(request: Pick<SimulatorRequest, 'headers'>, name: string): string | undefined {
  const [, value] = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name) ?? []
  return Array.isArray(value) ? value[0] : value
}

/** Whether a value that JSON.parse made is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
