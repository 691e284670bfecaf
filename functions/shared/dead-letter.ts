import * as z from 'zod'
import { asciiJson } from './ascii-json.ts'

/**
 * Why a record stands in a dead-letter queue, and what to do about it. The first thing an operator reads when opening
 * a letter in the SQS console, so it is prose, and it never holds an identifier, a value or a secret.
 */
export const Failure = z.object({
  code: z.string(),
  reason: z.string(),
  hint: z.string(),
  /** Braze's status, where Braze was asked. */
  httpStatus: z.number().optional(),
  /** ISO 8601. */
  at: z.string(),
  /** How often SQS had handed out the message when it was given up. */
  attempts: z.number().optional(),
  /** The request that brought the record in: find it in the receiver's log. */
  requestId: z.string().optional(),
})
export type Failure = z.infer<typeof Failure>

/** A refusal as the rules state it, before the time, attempts and request id are known. */
export type Refusal = Pick<Failure, 'code' | 'reason' | 'hint' | 'httpStatus'>

/**
 * Writes a letter as the SQS console is to show it, which shows a body as it stands: what happened and what to do in the
 * first lines, each field of the failure on a line of its own; the rest, which is for machines, as compact as it comes.
 * @param rest an object with something in it, as ASCII JSON.
 */
export function writeLetter(failure: Failure, rest: string): string {
  const { reason, hint, ...facts } = failure
  const lines = Object.entries({ reason, hint, ...facts })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  "${name}": ${asciiJson(value)}`)
  return `${BEGINNING}${lines.join(',\n')}${END}${rest.slice(1)}`
}

const BEGINNING = '{"failure": {\n'
const END = '\n},\n'

/**
 * What a letter holds besides its failure, found without parsing: within the failure no text has a raw line break.
 * @returns as JSON; any other body as it is.
 */
export function withoutFailure(body: string): string {
  const end = body.startsWith(BEGINNING) ? body.indexOf(END) : -1
  return end < 0 ? body : `{${body.slice(end + END.length)}`
}
/**
 * An id that a sender chose, as SQS takes it for an attribute and a person can read it in a column of the console. What
 * does not look like one may be anything, and is shown nowhere.
 */
export const SHOWN_ID = /^[\w.-]{1,64}$/

/** @returns the run that all of them name, if it can be shown beside a letter. */
export function shownRun(runs: Iterable<string | undefined>): string | undefined {
  const [run, ...others] = new Set(runs)
  return run !== undefined && others.length === 0 && SHOWN_ID.test(run) ? run : undefined
}
