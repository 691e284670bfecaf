import type { BridgeRequest } from '../request.ts'

/** What one request shows to prove who sent it, by one kind of authentication. */
export type Proof = {
  /** Any one of them may be the right one; none where what was sent can't be right. */
  given: readonly string[]
  /** What would be right under this token; undefined where the token can't serve for this kind. */
  expected: (token: string) => string | undefined
}

/** @returns undefined where there is none, or an empty one. A name may be one that every object inherits. */
export function headerOf(headers: BridgeRequest['headers'], name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return value === '' ? undefined : value
}
