import { asciiJson } from './ascii-json.ts'
import type { Failure } from './failure.ts'

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
