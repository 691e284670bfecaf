import { tidy, withoutInvisible } from './invisible.ts'
import type { Membership } from './record.ts'

/**
 * An audience flag is the boolean attribute in Braze that holds a membership. Braze gives an attribute the type
 * of the first value that it sees, so a single string under a flag's name can break the flag for every profile,
 * until somebody changes the type in Braze.
 */

/** The attribute that ActionIQ's own integration writes. */
export const DEFAULT_FLAG_NAME = 'AIQ_{audience}_{split}'

/**
 * The placeholders for the two ids in a flag's name. A template has each of them once, with a `_` between
 * them.
 */
export const AUDIENCE = '{audience}'
export const SPLIT = '{split}'

export type FlagIds = Pick<Membership, 'audience_id' | 'split_id'>

/** `AIQ_<Audience ID>_<Split ID>`, in any case. */
const DEFAULT_FLAG = /^aiq_([^_]+)_([^_]+)$/i

/** ActionIQ's own columns that look like a flag but are not. The name of a segment is text. */
const NO_FLAGS = new Set(['aiqsegmentnm'])

/** Removes the differences between senders: case, `_`, `-`, spaces and other invisible characters. */
export const normalizeHeader = (header: string) => withoutInvisible(header.toLowerCase().replace(/[-_]/g, ''))

/** A `_` separates the two ids, and API Gateway joins a URL parameter that is given twice with a comma. */
const AMBIGUOUS = /[_,]/

/**
 * Whether this id could give two pairs of ids the same flag: audience `a_b` with split `2`, and audience `a`
 * with split `b_2`.
 */
export const isAmbiguousId = (id: string) => AMBIGUOUS.test(id)

/** Returns a function that writes a flag's name. The template is cut once, because each membership has a name. */
export function flagNamer(template: string): (ids: FlagIds) => string {
  const [before = '', between = '', after = ''] = template.split(/\{audience\}|\{split\}/)
  return template.indexOf(AUDIENCE) < template.indexOf(SPLIT)
    ? ({ audience_id, split_id }) => before + audience_id + between + split_id + after
    : ({ audience_id, split_id }) => before + split_id + between + audience_id + after
}

const defaultFlagName = flagNamer(DEFAULT_FLAG_NAME)

/** The name of a membership's flag in Braze. */
export const flagAttribute = (membership: FlagIds & Pick<Membership, 'attribute'>) =>
  membership.attribute ?? defaultFlagName(membership)

/**
 * Reads the ids in a header of the default flag, or returns undefined if the header is not one. Case does not
 * matter, because some senders change it.
 */
export function flagIdsIn(header: string): FlagIds | undefined {
  const [, audience, split] = DEFAULT_FLAG.exec(tidy(header)) ?? []
  if (audience === undefined || split === undefined || NO_FLAGS.has(normalizeHeader(header))) return undefined
  return { audience_id: tidy(audience), split_id: tidy(split) }
}

/**
 * Returns a function that tells whether an attribute name is a flag. Attribute names in Braze are
 * case-sensitive.
 */
export function isFlagBy(template: string): (attribute: string) => boolean {
  const pattern = patternOf(template)
  const start = template.slice(0, template.search(/[{]/))
  return (attribute) =>
    attribute.startsWith(start) && pattern.test(attribute) && !NO_FLAGS.has(normalizeHeader(attribute))
}

/**
 * Headers with the same key are one column. A header of `_` and `-` alone is its own key, so that only the empty
 * header has an empty one. The `_` of a flag is kept because it separates two ids:
 * `AIQ_1042_2` is not `AIQ_104_22`.
 */
export function columnKey(header: string): string {
  const visible = withoutInvisible(header)
  return flagIdsIn(visible) ? visible.toLowerCase() : normalizeHeader(header) || tidy(header)
}

/** Whether a flag may be set to this value. `null` removes the flag. */
export const isFlagValue = (value: unknown) => typeof value === 'boolean' || value === null

/** ActionIQ's own ids are numbers or UUIDs. */
const ACTIONIQ_ID = String.raw`(?:\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})`
const ANY_ID = '[^_]+'

/**
 * A template without a letter or digit of its own would match every name with one `_`, such as `first_name`.
 * With such a template, only ActionIQ's own ids make a flag.
 */
function patternOf(template: string): RegExp {
  const hasOwnText = /[\p{L}\p{N}]/u.test(template.replace(AUDIENCE, '').replace(SPLIT, ''))
  const id = hasOwnText ? ANY_ID : ACTIONIQ_ID
  const literal = template.replace(/[.*+?^$()|[\]\\/-]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replace(AUDIENCE, () => id).replace(SPLIT, () => id)}$`)
}
