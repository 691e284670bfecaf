import type { Membership } from './record.ts'

/**
 * What an audience flag is: the boolean attribute in Braze that holds a membership. The first value that Braze sees fixes
 * an attribute's type, so one text under a flag's name can spoil the flag for everybody.
 */

/** The attribute that ActionIQ's own integration writes. */
export const DEFAULT_FLAG_NAME = 'AIQ_{audience}_{split}'

/** Where the ids are in a flag's name. Each is in a template once, with a `_` between them. */
export const AUDIENCE = '{audience}'
export const SPLIT = '{split}'

export type FlagIds = Pick<Membership, 'audience_id' | 'split_id'>

/** Columns of ActionIQ's own that look like a flag. The name of a segment is text. */
const NO_FLAGS = new Set(['aiqsegmentnm'])

/** Headers differ in case, `_`, `-` and spaces from sender to sender. */
export const plainHeader = (header: string) => header.toLowerCase().replace(/[-_\s]/g, '')

/** A `_` separates the two ids, and API Gateway joins a URL parameter that is given twice with a comma. */
const AMBIGUOUS = /[_,]/

/**
 * Whether two pairs of ids could make one flag: audience `a_b` with split `2`, and audience `a` with split `b_2`.
 */
export const isAmbiguousId = (id: string) => AMBIGUOUS.test(id)

/** The name of a membership's flag in Braze. */
export const flagOf = ({ attribute, ...ids }: FlagIds & Pick<Membership, 'attribute'>) =>
  attribute ?? flagName(DEFAULT_FLAG_NAME, ids)

export const flagName = (template: string, { audience_id, split_id }: FlagIds) =>
  template.replace(/\{(audience|split)\}/g, (_, part) => (part === 'audience' ? audience_id : split_id))

/** @returns the ids in a flag's name; undefined for a name that is no flag. */
export type ReadFlagName = (name: string) => FlagIds | undefined

/**
 * Reads headers by the template of a flag's name. Case does not matter, because some senders change it.
 */
export function flagHeaderReader(template: string): ReadFlagName {
  const pattern = patternOf(template, 'i')
  return (header) => {
    const { audience_id, split_id } = pattern.exec(header)?.groups ?? {}
    if (audience_id === undefined || split_id === undefined) return undefined
    return NO_FLAGS.has(plainHeader(header)) ? undefined : { audience_id, split_id }
  }
}

/** Whether an attribute of this name is a flag in Braze, which tells names of different case apart. */
export function isFlagBy(template: string): (attribute: string) => boolean {
  const pattern = patternOf(template, '')
  const start = template.slice(0, template.search(/[{]/))
  return (attribute) =>
    attribute.startsWith(start) && pattern.test(attribute) && !NO_FLAGS.has(plainHeader(attribute))
}

/** Headers of one key are one column. The `_` of a flag separates two ids: `AIQ_1042_2` is not `AIQ_104_22`. */
export function columnKeyBy(template: string): (header: string) => string {
  const readers = [flagHeaderReader(DEFAULT_FLAG_NAME), flagHeaderReader(template)]
  return (header) => (readers.some((read) => read(header)) ? header.toLowerCase() : plainHeader(header))
}

/** What a flag may be set to. `null` takes it away. */
export const isFlagValue = (value: unknown) => typeof value === 'boolean' || value === null

/** ActionIQ's own ids: a number or a UUID. */
const ACTIONIQ_ID = String.raw`\d+|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}`
const ANY_ID = '[^_]+'

/**
 * A template without a letter or digit of its own would fit every name with one `_`, such as `first_name`. There only
 * ActionIQ's own ids make a flag.
 */
function patternOf(template: string, flags: string): RegExp {
  const hasOwnText = /[\p{L}\p{N}]/u.test(template.replace(AUDIENCE, '').replace(SPLIT, ''))
  const id = hasOwnText ? ANY_ID : ACTIONIQ_ID
  const source = template
    .replace(/[.*+?^$()|[\]\\/-]/g, String.raw`\$&`)
    .replace(AUDIENCE, () => `(?<audience_id>${id})`)
    .replace(SPLIT, () => `(?<split_id>${id})`)
  return new RegExp(`^${source}$`, flags)
}
