import type { Membership } from '../shared/record.ts'
import { type Refused, refuse } from './refusal.ts'
import type { Inherited } from './rows.ts'
import type { Sorted } from './sort-columns.ts'

/** Two pairs of ids would make one attribute; or API Gateway joined a URL parameter that was given twice. */
const AMBIGUOUS = /[_,]/
export const isAmbiguousId = (id: string) => AMBIGUOUS.test(id)

/**
 * The memberships a row states: one by its audience, split and operation (its own, or inherited), and one by each
 * `AIQ_<audience>_<split>` column. Presence means enter; absence never means leave. Ids with a `_` are refused, since
 * audience `a_b` with split `2` and audience `a` with split `b_2` would be one flag in Braze.
 */
export function membershipsOf(
  { fields, flags }: Pick<Sorted, 'fields' | 'flags'>,
  inherited: Inherited,
  defaultSplitId: string,
): Membership[] | Refused {
  const op = fields.op ?? inherited.op ?? 'enter'
  const audience_id = fields.audience ?? inherited.audience
  if (audience_id === undefined) {
    if (fields.split !== undefined) return refuse('SPLIT_WITHOUT_AUDIENCE')
    if (op !== 'none' && (fields.op ?? inherited.op) !== undefined) return refuse('OP_WITHOUT_AUDIENCE')
    return withoutDoubles(flags)
  }
  if (op === 'none') return withoutDoubles(flags)
  const split_id = fields.split ?? inherited.split ?? defaultSplitId
  if (isAmbiguousId(audience_id) || isAmbiguousId(split_id)) return refuse('AUDIENCE_ID_INVALID')
  return withoutDoubles([{ audience_id, split_id, member: op === 'enter' }, ...flags])
}

function withoutDoubles(stated: Membership[]): Membership[] | Refused {
  if (stated.length < 2) return stated
  const kept = new Map<string, Membership>()
  for (const membership of stated) {
    const flag = `${membership.audience_id}_${membership.split_id}`
    const same = kept.get(flag)
    if (same && same.member !== membership.member) return refuse('MEMBERSHIP_CONFLICT')
    if (!same) kept.set(flag, membership)
  }
  return [...kept.values()]
}
