import { OPERATIONS } from '../../../../functions/receiver/aliases.ts'
import { opLikenessOf } from '../../../../functions/receiver/op-like.ts'
import type { Json } from '../../../../functions/shared/json.ts'
import {
  acceptedValues,
  columnSetting,
  hasAudience,
  hasField,
  isAttribute,
  type SentColumn,
  type SentRequest,
} from './sent-request.ts'
import type { Warning } from './warning.ts'
import { isFalse, isOperation, isTrue, plainHeader, wordOf } from './words.ts'

const plain = (names: string) => new Set(names.trim().split(/\s+/).map(plainHeader))

/**
 * Headers that say whether somebody is in the audience, but that the receiver does not treat as an operation: they
 * have other meanings, or are in other languages.
 */
const MEMBER = plain(`
  members memberships in_cohort audience_flag segment_flag qualified is_qualified qualifies included is_included
  include entered joined mitglied ist_mitglied mitgliedschaft est_membre membre es_miembro miembro membro lid is_lid
  in_target in_target_group belongs enter enters join joins
`)

/** The opposite: true means leaving. */
const LEAVER = plain(`
  excluded is_excluded exclude leave leaves remove delete is_exit entfernt geloescht gelöscht supprime supprimé
  eliminado
`)

/** Ordinary words. Only the value false shows that they may say who leaves. */
const GENERIC = plain('active is_active value in selected is_selected enabled current aktiv actif activo')

/** Headers that say whether somebody enters or leaves, but that the receiver does not treat as an operation. */
const OPERATION = plain(`
  actions operations audience_status audience_state segment_status segment_state sync_type update_type crud add_remove
  add_or_remove vorgang aenderung änderung operación transition direction
`)

/** An ordinary word, which counts only if the values have no other meaning. */
const GENERIC_OPERATION = plain('activity')

const READ_WORDS = new Set<string>(Object.values(OPERATIONS).flat())

/** A header that is a flag except for its separators, such as `AIQ-1042-2`, or that lacks its split. */
const NEAR_FLAG =
  /^\W*aiq[-_\s.:]*(?!audience|segment|split|export)([\da-f-]{1,36}?)(?:[-_\s.:]+([\da-z]+))?[\W_]*$/i

/** Finds attributes that may be meant to say who enters and who leaves. */
export function membershipColumns(request: SentRequest): Warning[] {
  if (request.isTrack) return []
  const attributes = request.columns.filter(
    (column) => isAttribute(column) && column.rule.rename === undefined,
  )
  const nearFlags = attributes.flatMap(nearFlag)
  const { memberships } = request.reading
  // If all leave although no column says so, the operation is in the URL or beside the rows.
  const isTold =
    request.connection.presenceEnters ||
    hasField(request, 'op') ||
    memberships.every(({ enters }) => enters === 0)
  if (isTold || !hasAudience(request)) return nearFlags
  return [...nearFlags, ...attributes.flatMap((column) => operation(column, acceptedValues(column, request)))]
}

/** @param values those of the rows that the receiver accepted, so that their people enter. */
function operation(column: SentColumn, values: readonly Json[]): Warning[] {
  const likeness = opLikenessOf(column.name)
  const isLeaver = likeness === 'inverted' || LEAVER.has(plainHeader(column.name))
  const others = isLeaver ? values.filter((value) => !isFalse(value)) : values
  const isMixed = column.isTakenForOperation && others.length > 0
  if (!isMixed && !saysWhoEnters(column, values, isLeaver)) return []
  const isReadable = !isLeaver && column.values.every((value) => READ_WORDS.has(wordOf(value)))
  return [
    {
      code: 'OPERATION_NOT_READ',
      column: column.column,
      rows: isMixed ? others.length : values.length,
      message: `${
        isMixed
          ? 'Some rows are rejected because this column says who enters the audience and who leaves it. In the others, its word agrees with entering or is one that the bridge does not know, so those people enter.'
          : 'This column may say who enters the audience and who leaves it, but it is read as an attribute. No other column does, so everybody enters, even people who should leave.'
      } ${whatToDo(isLeaver, isReadable)}`,
      ...(isReadable && columnSetting(column, { rename: 'op' })),
    },
  ]
}

/** A column with more different words does not hold operations. */
const MAX_WORDS = 12

function saysWhoEnters({ name }: SentColumn, values: readonly Json[], isLeaver: boolean): boolean {
  const words = [...new Set(values.map(wordOf))]
  if (words.length === 0 || words.length > MAX_WORDS) return false
  const header = plainHeader(name)
  const likeness = opLikenessOf(name)
  if (words.every((word) => isTrue(word) || isFalse(word))) {
    if (isLeaver) return words.some(isTrue)
    const isGeneric = likeness === 'weak' || GENERIC.has(header)
    return (
      likeness === 'operation' ||
      likeness === 'member' ||
      MEMBER.has(header) ||
      OPERATION.has(header) ||
      (isGeneric && words.some(isFalse))
    )
  }
  if (likeness === 'operation' || OPERATION.has(header))
    return words.every((word) => isOperation(word, 'all'))
  return (
    (likeness === 'weak' || likeness === 'member' || GENERIC_OPERATION.has(header)) &&
    words.every((word) => isOperation(word, 'clear'))
  )
}

function whatToDo(isLeaver: boolean, isReadable: boolean): string {
  if (isReadable) return 'If the column is the operation, rename it to "op".'
  if (isLeaver)
    return 'If it does, export a column "op" with "leave" where this column is true, and "enter" elsewhere.'
  return 'If it does, export a column "op" with the words "enter" and "leave".'
}

function nearFlag(column: SentColumn): Warning[] {
  const [, audience, split = '0'] = NEAR_FLAG.exec(column.name) ?? []
  if (!audience || !/\d/.test(audience) || column.values.length === 0) return []
  if (!column.values.every((value) => isTrue(value) || isFalse(value))) return []
  return [
    {
      code: 'FLAG_NOT_READ',
      column: column.column,
      rows: column.values.length,
      message:
        'The header looks like a membership, but is not written as AIQ_<audience>_<split>. It is read as an attribute, so nobody enters or leaves. If it is a membership, rename the column.',
      ...columnSetting(column, { rename: `AIQ_${audience}_${split}` }),
    },
  ]
}
