export type Asked = {
  method: string
  path: string
  query: URLSearchParams
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
  /** The same as text. */
  body: string
}
export type Answered = { status: number; body: unknown }

export const NOT_FOUND: Answered = { status: 404, body: { message: 'There is nothing here.' } }
export const WRONG: Answered = { status: 400, body: { message: 'The body is not what this address takes.' } }
