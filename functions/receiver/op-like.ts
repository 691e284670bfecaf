import { normalizeHeader } from '../shared/flags.ts'
import { tidy } from '../shared/invisible.ts'
import type { Json } from '../shared/json.ts'

/**
 * Recognizes columns that are not named `op` and seem to say whether somebody enters or leaves an audience.
 * Without a look at them, "leave" under another name would make a person enter: the opposite of what was
 * ordered, which is worst for a suppression list.
 */

const alternatives = (words: string) => words.split(/\s+/).join('|')

/** Words around what such a column is about. A name consists of these words and nothing else. */
const AROUND =
  alternatives(`aiq actioniq audience segment list record row user profile customer contact sync export
  data event type name code flag status state kind mode cd is in the of update attribute value required requested`)

/** Each alternative is matched once from the left, so that the time is bounded by the length of a name. */
const nameOf = (words: string) =>
  new RegExp(`^(?:${AROUND})*?(?:${alternatives(words)})(?:${alternatives(words)}|${AROUND})*$`)

const OPERATION_NAME =
  nameOf(`operation operacion operazione operatie opération ops op action aktion accion acción
  azione actie change changed delta verb command cmd dml cdc rowkind`)
const MEMBER_NAME = nameOf('membership member inaudience insegment inlist')

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

/** Names that are true for somebody who is no longer in the audience. `false` agrees with entering. */
const INVERTED_NAME =
  /^(?:is|was|audience|segment|record|row|user|member|fivetran)*(?:removed|deleted|exited|left)$/

/** What the name of a column says about its cells. */
export type OpLikeness = 'operation' | 'member' | 'weak' | 'inverted'

/** Longer names are attributes. It also bounds the time of the expressions. */
const MAX_NAME_CHARACTERS = 40

export function opLikenessOf(header: string): OpLikeness | undefined {
  if (header.length > MAX_NAME_CHARACTERS) return undefined
  const name = normalizeHeader(header).replace(/[^\p{L}\p{N}]/gu, '')
  if (WEAK_NAMES.has(name)) return 'weak'
  if (INVERTED_NAME.test(name)) return 'inverted'
  if (OPERATION_NAME.test(name)) return 'operation'
  return MEMBER_NAME.test(name) ? 'member' : undefined
}

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

/** Words of an operation, whatever the name of the column. */
const ENTER_OR_LEAVE =
  wordSet(`add added join joined enter entered remove removed removal delete deleted leave left
  exit exited audienceentered audienceexited segmententered segmentexited`)

/** Yes and no, of a column that says whether the person is a member. */
const YES_OR_NO = wordSet(`true false yes no y n t f 1 0 + - +1 -1 in out on off member nonmember notmember
  ja nein oui non si sí wahr falsch vrai faux`)

/** More words of an operation. Under another name they could be a state: of a subscription, or of an account. */
const OPERATIONS =
  wordSet(`addition entry insert inserted include included append appended drop dropped exclude
  excluded subscribe subscribed unsubscribe unsubscribed suppress suppressed optin optout optedin optedout
  i u d a r c e l x ins upd del rem update updated upsert upserted create created change changed new
  active inactive activate activated deactivate deactivated existing realized qualified disqualified
  expired lapsed purge purged suspend suspended cancel canceled cancelled churn churned revoke revoked grant granted
  enable enabled disable disabled hinzufügen entfernen löschen ajouter supprimer retirer añadir agregar eliminar
  quitar borrar aggiungere rimuovere`)

/** `true` as people and spreadsheets write it. */
export const TRUE_WORDS = new Set('true 1 yes y t ja oui si sí wahr vrai x'.split(' '))

/** Whether the cell of such a column reads like an operation. */
export function isOpLike(value: Json, likeness: OpLikeness): boolean {
  if (typeof value === 'object') return false
  const text = tidy(String(value)).toLowerCase()
  const word = text.length > 2 ? text.replace(/[\s_-]/g, '') : text
  switch (likeness) {
    case 'inverted':
      return TRUE_WORDS.has(word)
    case 'weak':
      return ENTER_OR_LEAVE.has(word)
    case 'member':
      return ENTER_OR_LEAVE.has(word) || YES_OR_NO.has(word)
    case 'operation':
      return ENTER_OR_LEAVE.has(word) || YES_OR_NO.has(word) || OPERATIONS.has(word)
  }
}
