import { normalizeHeader } from '../shared/flags.ts'
import { tidy } from '../shared/invisible.ts'
import type { Json } from '../shared/json.ts'

/**
 * Recognises columns that are not named `op` and seem to say whether somebody enters or leaves an audience.
 * If they were ignored, "leave" under another name would make a person enter. That is the opposite of what
 * was meant, and worst for a suppression list.
 */

const alternatives = (words: string) => words.split(/\s+/).join('|')

/** Words that may surround the word for an operation. A name consists of such words and nothing else. */
const ABOUT_WHOM = `aiq actioniq braze crm audience aud segment cohort group list record row user profile customer contact
  membership member sync export data metadata header event target desired request flag indicator is in to be has been was
  currently from of the at on status`
const ABOUT_WHAT = `${ABOUT_WHOM} type name code cd state kind mode date time ts`

/** Each alternative is matched once from the left, so that the time is bounded by the length of a name. */
const nameOf = (words: string, around = ABOUT_WHAT) =>
  new RegExp(
    `^(?:${alternatives(around)})*?(?:${alternatives(words)})(?:${alternatives(words)}|${alternatives(around)})*$`,
  )

const OPERATION_NAME =
  nameOf(`operations operation operacion operación operazione operatie opération oper ops op action
  aktion accion acción azione actie vorgang mutation direction transition changetype changekind changeoper updatetype
  deltatype verb command cmd dml cdc crud rowkind addremove enterexit syncmode 操作 действие`)
const MEMBER_NAME = nameOf(
  'membership member inaudience insegment inlist audienceflag segmentflag include included joined added entered',
  ABOUT_WHOM,
)

/** Names of columns that are true for somebody who left the audience. A `false` there agrees with entering. */
const INVERTED_NAME =
  nameOf(`remove removed removal delete deleted deletion exit exited leave left exclude excluded
  exclusion suppress suppressed suppression fivetrandeleted sdcdeleted notinaudience notinsegment`)

/** Names of attributes that many profiles have anyway. They count only with a word that has no other meaning. */
const WEAK_NAME = nameOf('status state type mode kind flag event method change changed delta')

/** What the name of a column suggests about its cells. */
export type OpLikeness = 'operation' | 'member' | 'weak' | 'inverted'

/** Longer names are attributes. The limit also bounds the time of the expressions. */
const MAX_NAME_CHARACTERS = 40

export function opLikenessOf(header: string): OpLikeness | undefined {
  if (header.length > MAX_NAME_CHARACTERS) return undefined
  const name = normalizeHeader(header).replace(/[^\p{L}\p{N}]/gu, '')
  if (OPERATION_NAME.test(name)) return 'operation'
  if (INVERTED_NAME.test(name)) return 'inverted'
  if (MEMBER_NAME.test(name)) return 'member'
  return WEAK_NAME.test(name) ? 'weak' : undefined
}

const wordSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/))

/** `true` and `false` as people and spreadsheets write them. */
export const TRUE_WORDS = wordSet('true 1 1.0 yes y t ja oui si sí да はい sim wahr vrai x')
const FALSE_WORDS = wordSet(
  'false 0 0.0 -1 no n f off out nonmember notmember notamember nein non não нет いいえ falsch faux',
)

/** Words for operations by their stems: English with its endings, other languages with a few more letters. */
const wordsFrom = (english: string, others: string, exactly: string) =>
  new RegExp(
    `^(?:(?:${alternatives(english)})(?:e|s|d|es|ed|al|ing|ion|ate|ated|ation|ment)?|(?:${alternatives(others)})\\p{L}{0,6}|${exactly})$`,
    'u',
  )

const LEAVES = wordsFrom(
  `remov delet exit leav left drop dropp exclu exclud exclus suppress unsubscrib unenrol unenroll unassign optout optedout
  withdraw withdrawn detach block deactiv disabl inactiv purg revok churn laps expir disqualifi unqualifi cancel cancell
  terminat archiv eras offboard reject subtract`,
  `entfern gelösch lösch geloesch loesch abmeld ausgetret verlass retir retrai elimin quitar borr salid sortie rimuo
  rimoss uscit verwijder supprim remoç изъя удал 削除`,
  'minus|rm|del|rem|d|-d|out|off|no|false|inactive|unsubscription|suppr|notin|nolongerin|outof|baja',
)
const ENTERS = wordsFrom(
  `add join enter entr entry insert includ inclus append enrol enroll optin optedin attach assign qualifi realiz realis
  existing creat upsert updat`,
  'hinzu ajout añad anad agreg incluir aggiu toevoeg 追加 добав',
  'ins|upd|i|u|in|on|yes|true|\\+i?|\\+u|addition',
)

/** Words for leaving that are not the state of an account or of a subscription. */
const LEFT = /^(?:remove|removed|removal|delete|deleted|leave|left|exit|exited)$/

/** Words that say what an operation is about, and not which one it is. */
const ABOUT =
  /(?:audience|segment|member(?:ship)?|user|profile|person|people|contact|customer|subscriber|record|row|group|braze|soft|hard|tobe|from|to|list|the)s?/g

/** When somebody was removed: ISO 8601, or seconds or milliseconds since 1970. */
const IS_TIME = /^(?:\d{4}-\d\d-\d\d|\d{9,13}$)/

/** What the cell of such a column seems to say; undefined if it does not read like an operation. */
export function operationIn(value: Json, likeness: OpLikeness): 'enter' | 'leave' | undefined {
  const [first, ...others] = Array.isArray(value) ? value : [value]
  if (first === undefined || typeof first === 'object' || others.length > 0) return undefined
  const text = tidy(String(first)).toLowerCase()
  const word = text.length > 2 ? text.replace(/[^\p{L}\p{N}]/gu, '') : text
  const bare = word.length > 2 ? word.replace(ABOUT, '') : word
  switch (likeness) {
    case 'inverted':
      return TRUE_WORDS.has(text) || IS_TIME.test(text) ? 'leave' : undefined
    case 'weak':
      return LEFT.test(bare) ? 'leave' : undefined
    case 'member':
      return LEFT.test(bare) || FALSE_WORDS.has(text) || FALSE_WORDS.has(word) ? 'leave' : undefined
    case 'operation':
      if (LEAVES.test(word) || LEAVES.test(bare) || text === '-') return 'leave'
      return ENTERS.test(word) || ENTERS.test(bare) || text === '+' ? 'enter' : undefined
  }
}
