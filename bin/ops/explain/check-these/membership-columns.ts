import { OPERATIONS } from '../../../../functions/receiver/aliases.ts'
import type { Json } from '../../../../functions/shared/json.ts'
import {
  columnSetting,
  hasAudience,
  hasField,
  isAttribute,
  type SentColumn,
  type SentRequest,
} from './sent-request.ts'
import type { Warning } from './warning.ts'
import { FALSE_WORDS, plainHeader, TRUE_WORDS } from './words.ts'

const plain = (names: string) => new Set(names.trim().split(/\s+/).map(plainHeader))

/** Headers that say whether somebody is in the audience. */
const MEMBER = plain(`
  member members is_member membership memberships in_audience in_segment in_cohort in_list audience_member
  segment_member audience_membership segment_membership is_in_audience is_in_segment member_flag membership_flag
  audience_flag segment_flag in_audience_flag qualified is_qualified qualifies included is_included include entered
  joined mitglied ist_mitglied mitgliedschaft est_membre membre es_miembro miembro membro lid is_lid in_target
  in_target_group belongs enter enters join joins
`)

/** The same the other way round: true means leaving. */
const LEAVER = plain(`
  removed is_removed deleted is_deleted excluded is_excluded exclude exited left leave leaves remove delete is_exit
  entfernt geloescht gelöscht supprime supprimé eliminado
`)

/** Ordinary words. Only a value of false shows that they may matter. */
const GENERIC = plain(
  'flag active is_active status state value in selected is_selected enabled current aktiv actif activo',
)

/** Headers that say whether somebody enters or leaves. */
const OPERATION = plain(`
  ops action actions operation operations operation_type op_type op_code change_type _change_type change_event
  audience_action audience_operation audience_change membership_action membership_change membership_status
  membership_state audience_status audience_state segment_action segment_status segment_state member_status sync_action
  sync_operation sync_type update_type action_type row_action row_operation record_action cdc_op cdc_operation __op _op
  dml dml_type crud add_remove add_or_remove aktion vorgang aenderung änderung accion acción operacion operación
  azione operazione opération transition direction
`)

/** Ordinary words, which count only with words that have no other meaning. */
const GENERIC_OPERATION = plain('change activity event_type mode command status state type')

const READ_WORDS = new Set<string>(Object.values(OPERATIONS).flat())

/** What other systems write for entering and leaving. */
const OTHER_WORDS = plain(`
  insert inserted insertion added adding adds removed removing removes deleted deleting deletes addition removal
  deletion joined joining leaving entering exiting enters exits enrolled unenrolled enrol unenrol qualified
  disqualified hinzugefuegt hinzugefügt hinzufuegen hinzufügen entfernt entfernen geloescht gelöscht ajouter ajouté
  retirer supprimer supprimé agregar agregado anadir añadir eliminar eliminado aggiungi rimuovi toevoegen verwijderen
`)

/** The same in words that mean something else in other columns: `IN` is a state, and `active` a status. */
const SHORT_WORDS = plain(`
  a d i r u in out left entry entrance member nonmember non_member active inactive realized existing new subscribe
  unsubscribe neu ajout ajoute retrait supprime quitar
`)

const wordOf = (value: Json) => (typeof value === 'object' ? '' : String(value).trim().toLowerCase())
const isTrue = (word: string) => TRUE_WORDS.has(word)
const isFalse = (word: string) => FALSE_WORDS.has(word)
const isOperation = (word: string) => READ_WORDS.has(word) || OTHER_WORDS.has(plainHeader(word))
const isShortOperation = (word: string) => SHORT_WORDS.has(plainHeader(word)) || /^[+-]$/.test(word)

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
  const isTold = hasField(request, 'op') || memberships.every(({ enters }) => enters === 0)
  return isTold || !hasAudience(request) ? nearFlags : [...nearFlags, ...attributes.flatMap(operation)]
}

function operation(column: SentColumn): Warning[] {
  if (column.values.length === 0) return []
  const words = new Set<string>()
  for (const value of column.values) {
    if (words.size > MAX_WORDS) return []
    words.add(wordOf(value))
  }
  const all = [...words]
  const header = plainHeader(column.name)
  const isBoolean = all.every((word) => isTrue(word) || isFalse(word))
  const isMember = MEMBER.has(header) || (GENERIC.has(header) && all.some(isFalse)) || OPERATION.has(header)
  const isLeaver = LEAVER.has(header)
  const saysSo = isBoolean
    ? isMember || isLeaver
    : (OPERATION.has(header) && all.every((word) => isOperation(word) || isShortOperation(word))) ||
      (GENERIC_OPERATION.has(header) && all.every(isOperation))
  if (!saysSo) return []
  const isReadable = !isLeaver && all.every((word) => READ_WORDS.has(word))
  return [
    {
      code: 'OPERATION_NOT_READ',
      column: column.column,
      rows: column.values.length,
      message: `This column may say who enters the audience and who leaves it, but it is read as an attribute. No other column says so, so every row enters, also one that should leave. ${whatToDo(isLeaver, isReadable)}`,
      ...(isReadable && columnSetting(column, { rename: 'op' })),
    },
  ]
}

/** More different words are no operations. */
const MAX_WORDS = 12

function whatToDo(isLeaver: boolean, isReadable: boolean): string {
  if (isReadable) return 'If that is meant, rename it to "op".'
  if (isLeaver)
    return 'If that is meant, export a column "op" with "leave" where this column is true, and "enter" elsewhere.'
  return 'If that is meant, export a column "op" with the words "enter" and "leave".'
}

function nearFlag(column: SentColumn): Warning[] {
  const [, audience, split = '0'] = NEAR_FLAG.exec(column.name) ?? []
  if (!audience || !/\d/.test(audience) || column.values.length === 0) return []
  if (!column.values.every((value) => isTrue(wordOf(value)) || isFalse(wordOf(value)))) return []
  return [
    {
      code: 'FLAG_NOT_READ',
      column: column.column,
      rows: column.values.length,
      message:
        'The header looks like a membership, but is not written as AIQ_<audience>_<split>. It is read as an attribute, so nobody enters or leaves. If a membership is meant, rename it.',
      ...columnSetting(column, { rename: `AIQ_${audience}_${split}` }),
    },
  ]
}
