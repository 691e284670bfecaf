export type ControlRequest = {
  method: string
  path: string
  query: URLSearchParams
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
  /** `bytes` as text. */
  body: string
}
export type ControlResponse = { status: number; body: unknown }

export const NOT_FOUND: ControlResponse = { status: 404, body: { message: 'There is nothing here.' } }
export const BAD_REQUEST: ControlResponse = {
  status: 400,
  body: { message: 'The body is not what this address takes.' },
}
