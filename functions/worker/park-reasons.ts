import type { Breach } from '../shared/braze-rules/rules.ts'
import type { ParkReason } from '../shared/dead-letter.ts'

/**
 * Every reason for which the worker parks, in words that an operator understands without this code. Codes are
 * stable, because people filter by them.
 */

export const PARK_CODES = [
  'IDENTIFIER_MISSING',
  'EXTERNAL_ID_TOO_LONG',
  'ATTRIBUTE_REFUSED',
  'FLAG_NOT_BOOLEAN',
  'EVENT_REFUSED',
  'PURCHASE_REFUSED',
  'REJECTED_BY_BRAZE',
  'MAY_HAVE_ARRIVED',
  'BRAZE_FAILS_ON_IT',
  'WORKER_DIED',
  'MESSAGE_UNREADABLE',
] as const

type KnownReason = ParkReason & { code: (typeof PARK_CODES)[number] }

const CORRECT_AND_RESEND =
  'Correct it at the source and send the row again, or redrive the dead letter once the cause is gone.'

export const NO_IDENTIFIER: KnownReason = {
  code: 'IDENTIFIER_MISSING',
  reason: 'The record names no person: neither external_id nor braze_id.',
  hint: 'Export an identifier column with every row.',
}

export const EXTERNAL_ID_TOO_LONG: KnownReason = {
  code: 'EXTERNAL_ID_TOO_LONG',
  reason: 'The external_id is longer than the 987 bytes Braze takes.',
  hint: 'Export the id that Braze knows the person by; a composite id may need its prefix stripped.',
}

export const attributeRefused = (name: string, found: Breach): KnownReason => ({
  code: 'ATTRIBUTE_REFUSED',
  reason: `${WOULD[found.effect]} the attribute ${quoted(name)}: ${clause(found)}.`,
  hint: `Change or drop that column in the ActionIQ export. ${CORRECT_AND_RESEND}`,
})

export const flagNotBoolean = (name: string): KnownReason => ({
  code: 'FLAG_NOT_BOOLEAN',
  reason: `The audience flag ${quoted(name)} is neither true nor false. Braze gives an attribute the type of the first value that it sees, so one wrong value can make it ignore the flag of every user.`,
  hint: `Send true or false, or give the column another name if it is not an audience flag. If Braze already has the wrong type, change it in Braze under Data Settings > Custom Attributes. ${CORRECT_AND_RESEND}`,
})

export const eventRefused = (found: Breach): KnownReason => ({
  code: 'EVENT_REFUSED',
  reason: `${WOULD[found.effect]} the event: ${clause(found)}.`,
  hint: `Change the event or its properties in ActionIQ. ${CORRECT_AND_RESEND}`,
})

export const purchaseRefused = (found: Breach): KnownReason => ({
  code: 'PURCHASE_REFUSED',
  reason: `${WOULD[found.effect]} the purchase: ${clause(found)}.`,
  hint: `Change the purchase or its properties at the source. ${CORRECT_AND_RESEND}`,
})

/** For many rules, Braze does not document whether it rejects the object or ignores the value. */
const WOULD = {
  rejects: 'Braze would refuse or silently drop',
  drops: 'Braze would silently drop',
  cuts: 'Braze would silently cut',
} satisfies Record<Breach['effect'], string>

const clause = ({ words, path }: Breach) => (path === '' ? words : `${words} (at ${quoted(path)})`)

/** @param words Braze's own words, from the error of one object or from a rejected request. */
export const rejectedByBraze = (words: string, httpStatus: number): KnownReason => ({
  code: 'REJECTED_BY_BRAZE',
  reason: `Braze rejected it: ${words.slice(0, MAX_QUOTED_WORDS)}`,
  hint: `Braze's words say what to change. ${CORRECT_AND_RESEND}`,
  httpStatus,
})

/** @param why a sentence, or Braze's own words. */
export const mayHaveArrived = (why: string, httpStatus: number): KnownReason => ({
  code: 'MAY_HAVE_ARRIVED',
  reason: `This record may or may not have arrived in Braze: ${why.slice(0, MAX_QUOTED_WORDS)}`,
  hint: 'Look it up on the Braze profile before you redrive it: Braze recognises neither a repeated event nor a repeated increment.',
  httpStatus,
})

/** @param httpStatus undefined if no answer came. */
export const brazeFailsOnIt = (httpStatus: number | undefined): KnownReason => ({
  code: 'BRAZE_FAILS_ON_IT',
  reason: `Braze ${httpStatus === undefined ? 'gave no answer' : `answered ${httpStatus}`} to this record alone, again and again, while it accepted other requests.`,
  hint: 'Ask Braze support with the time below, or redrive it later. An event may have arrived all the same.',
  ...(httpStatus !== undefined && { httpStatus }),
})

export const WORKER_DIED: KnownReason = {
  code: 'WORKER_DIED',
  reason: 'The worker died twice while it handled this message alone.',
  hint: 'Look for a time-out or an out-of-memory error in the worker log at the time below before you redrive it.',
}

export const unreadableMessage = (where: readonly string[]): KnownReason => ({
  code: 'MESSAGE_UNREADABLE',
  reason: `The message was not written by the receiver of this project: ${where.slice(0, 5).join(', ')}.`,
  hint: 'Something else sends to this queue, or somebody edited a message by hand. The dead letter contains the body as it was.',
})

/** In characters. This is enough for Braze's sentences, and too little for a page of HTML. */
const MAX_QUOTED_WORDS = 300

const MAX_QUOTED_NAME = 60

/**
 * Quotes a name with single quotes, which JSON does not escape, so that the console shows them unchanged.
 * Control characters are escaped.
 */
const quoted = (name: string) =>
  `'${JSON.stringify(name.length > MAX_QUOTED_NAME ? `${name.slice(0, MAX_QUOTED_NAME)}...` : name).slice(1, -1)}'`
