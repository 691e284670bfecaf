/** A request to the simulator, in process or over HTTP. */
export type SimulatorRequest = {
  method: string
  /** The path, with or without a query string. */
  path: string
  /** Names in any case. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The body's text, unparsed. */
  body: string
}

export type SimulatorResponse = {
  status: number
  /** Names in lower case. */
  headers: Record<string, string>
  body: string
}

/**
 * The outcome of a request. Its changes are stored when it arrives. Only the answer or the reset comes
 * `delayMs` milliseconds later.
 */
export type SimulatorOutcome =
  | ({ kind: 'answer'; delayMs: number } & SimulatorResponse)
  /** The connection breaks without an answer. `applied` says whether the request was carried out first. */
  | { kind: 'reset'; delayMs: number; applied: boolean }

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): SimulatorResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

/** Returns the first value of a request's header. @param name in lower case. */
export function requestHeader(request: Pick<SimulatorRequest, 'headers'>, name: string): string | undefined {
  const [, value] = Object.entries(request.headers).find(([key]) => key.toLowerCase() === name) ?? []
  return Array.isArray(value) ? value[0] : value
}

/** Whether a parsed JSON value is an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
