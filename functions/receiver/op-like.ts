import { normalizeHeader } from '../shared/flags.ts'
import { tidy } from '../shared/invisible.ts'
import type { Json } from '../shared/json.ts'

/**
 * Recognizes columns that are not named `op` and seem to say whether somebody enters or leaves an audience.
 * Without a look at them, "leave" under another name would make a person enter: the opposite of what was
 * ordered, which is worst for a suppression list.
 */

/** What such a column is about, and the words around it. A name consists of these words and nothing else. */
const CORE = `operation operacion operazione operatie opération ops op action aktion accion acción azione actie
  membership member inaudience insegment inlist change changed delta verb command cmd dml cdc rowkind`
const AROUND = `aiq actioniq audience segment list record row user profile customer contact sync export data event
  type name code flag status state kind mode cd is in the of update attribute value required requested`

const alternatives = (words: string) => words.split(/\s+/).join('|')

/** Each alternative is matched once from the left, so that the time is bounded by the length of a name. */
const OP_LIKE_NAME = new RegExp(
  `^(?:${alternatives(AROUND)})*?(?:${alternatives(CORE)})(?:${alternatives(`${CORE} ${AROUND}`)})*$`,
)

/** Names of attributes that many profiles have anyway. They count only with a word that can mean nothing else. */
const WEAK_NAMES = new Set([
  'status',
  'state',
  'type',
  'mode',
  'kind',
  'flag',
  'event',
  'eventtype',
  'method',
])

/** Longer names are attributes. It also bounds the time of the expression. */
const MAX_NAME_CHARACTERS = 40

/** Names that are true for somebody who is no longer in the audience. `false` agrees with entering. */
const INVERTED_NAME =
  /^(?:is|was|audience|segment|record|row|user|member|fivetran)*(?:removed|deleted|exited|left)$/

/** How much the name of a column says that it is an operation, or that `true` in it means leaving. */
export type OpLikeness = 'strong' | 'weak' | 'inverted'

export function opLikenessOf(header: string): OpLikeness | undefined {
  if (header.length > MAX_NAME_CHARACTERS) return undefined
  const name = normalizeHeader(header).replace(/[^\p{L}\p{N}]/gu, '')
  if (WEAK_NAMES.has(name)) return 'weak'
  if (INVERTED_NAME.test(name)) return 'inverted'
  return OP_LIKE_NAME.test(name) ? 'strong' : undefined
}

/** Words of an operation that are no word of anything else that an attribute holds. */
const OPERATION_WORDS = new Set(
  `add added addition join joined enter entered entry insert inserted include included append appended
  remove removed removal delete deleted leave left exit exited drop dropped exclude excluded
  unsubscribe unsubscribed suppress suppressed audienceentered audienceexited segmententered segmentexited
  hinzufügen entfernen löschen ajouter supprimer retirer añadir agregar eliminar quitar borrar aggiungere rimuovere`.split(
    /\s+/,
  ),
)

/** Words that are an operation only under a name that says so. */
const SHORT_WORDS = new Set(
  `true false yes no y n t f 1 0 + - +1 -1 in out on off i u d a r c e l x ins upd del rem
  update updated upsert upserted create created change changed new subscribe subscribed optin optout optedin optedout
  active inactive activate deactivate activated deactivated member nonmember notmember existing realized qualified
  disqualified expired lapsed purge purged suspend suspended cancel canceled cancelled churn churned revoke revoked
  grant granted enable enabled disable disabled ja nein oui non si sí wahr falsch vrai faux`.split(/\s+/),
)

/** `true` as people and spreadsheets write it. */
export const TRUE_WORDS = new Set('true 1 yes y t ja oui si sí wahr vrai x'.split(' '))

/** Whether the cell of such a column reads like an operation. */
export function isOpLike(value: Json, likeness: OpLikeness): boolean {
  if (typeof value === 'object') return false
  const text = tidy(String(value)).toLowerCase()
  const word = text.length > 2 ? text.replace(/[\s_-]/g, '') : text
  if (likeness === 'inverted') return TRUE_WORDS.has(word)
  return OPERATION_WORDS.has(word) || (likeness === 'strong' && SHORT_WORDS.has(word))
}
