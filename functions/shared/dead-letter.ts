import * as z from 'zod/mini'
import { asciiJson } from './ascii-json.ts'

/**
 * Why a record is in a dead-letter queue, and what to do about it. An operator reads this first on opening a
 * dead letter in the SQS console, so it is prose. It never holds an identifier, a value or a secret.
 */
export const Failure = z.object({
  code: z.string(),
  reason: z.string(),
  hint: z.string(),
  /** Braze's HTTP status, if Braze was asked. */
  httpStatus: z.optional(z.number()),
  /** ISO 8601. */
  at: z.string(),
  /** The message's receive count when it was given up. */
  attempts: z.optional(z.number()),
  /** The request that brought the record in, to find it in the receiver's log. */
  requestId: z.optional(z.string()),
})
export type Failure = z.infer<typeof Failure>

/** A park reason as the rules state it, before the time, attempts and request id are known. */
export type ParkReason = Pick<Failure, 'code' | 'reason' | 'hint' | 'httpStatus'> & {
  /** If set, only these attributes of the record are dead-lettered. The rest of it was delivered. */
  fields?: readonly string[]
}

/**
 * Writes a dead letter for the SQS console, which shows a body unchanged. The first lines say what happened
 * and what to do, with each field of the failure on its own line. The rest is for machines and is written
 * compactly.
 * @param rest a non-empty object, as ASCII JSON.
 */
export function writeDeadLetter(failure: Failure, rest: string): string {
  const { reason, hint, ...facts } = failure
  const lines = Object.entries({ reason, hint, ...facts })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  "${name}": ${asciiJson(value)}`)
  return `${BEGINNING}${lines.join(',\n')}${END}${rest.slice(1)}`
}

const BEGINNING = '{"failure": {\n'
const END = '\n},\n'

/**
 * Returns the content of a dead letter without its failure. It finds the end of the failure without parsing,
 * because no text inside the failure contains a raw line break.
 * @returns JSON, or the unchanged body if it is not a dead letter in this form.
 */
export function withoutFailure(body: string): string {
  const end = body.startsWith(BEGINNING) ? body.indexOf(END) : -1
  return end < 0 ? body : `{${body.slice(end + END.length)}`
}
