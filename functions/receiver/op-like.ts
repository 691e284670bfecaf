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
const AROUND =
  alternatives(`aiq actioniq braze crm audience aud segment list record row user profile customer contact
  sync export data metadata event target desired request type name code flag indicator status state kind mode cd is in
  was currently from of the`)

/** Each alternative is matched once from the left, so that the time is bounded by the length of a name. */
const nameOf = (words: string) =>
  new RegExp(`^(?:${AROUND})*?(?:${alternatives(words)})(?:${alternatives(words)}|${AROUND})*$`)

const OPERATION_NAME =
  nameOf(`operations operation operacion operación operazione operatie opération ops op actions
  action aktion accion acción azione actie vorgang mutation direction changetype changekind verb command cmd dml cdc rowkind
  addremove enterexit syncmode 操作 действие`)
const MEMBER_NAME = nameOf(
  'membership member inaudience insegment inlist include included joined added entered',
)

/** Names that are true for somebody who is no longer in the audience. `false` agrees with entering. */
const INVERTED_NAME =
  nameOf(`remove removed removal delete deleted deletion exit exited leave left exclude excluded
  suppress suppressed fivetrandeleted`)

/** Names of attributes that many profiles have anyway. They count only with a word that can mean nothing else. */
const WEAK_NAME = nameOf('status state type mode kind flag event method')

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

/** `true` and `false` as people and spreadsheets write them. */
export const TRUE_WORDS: ReadonlySet<string> = new Set(
  'true 1 yes y t ja oui si sí да はい sim wahr vrai x'.split(' '),
)
const FALSE_WORDS: ReadonlySet<string> = new Set(
  'false 0 0.0 no n f off out - -1 nonmember notmember notamember nein non não нет いいえ falsch faux'.split(
    ' ',
  ),
)

/** Words of operations by their stems: English with its endings, other languages with a few more letters. */
const wordsFrom = (english: string, others: string, exactly: string) =>
  new RegExp(
    `^(?:(?:${alternatives(english)})(?:e|s|d|es|ed|al|ing|ion|ate|ated|ation|ment)?|(?:${alternatives(others)})\\p{L}{0,6}|${exactly})$`,
    'u',
  )

const LEAVES = wordsFrom(
  `remov delet exit leav left drop dropp exclu exclud exclus suppress unsubscrib unenrol unenroll unassign optout optedout
  withdraw withdrawn detach block deactiv inactiv purg revok churn laps expir disqualifi`,
  `entfern gelösch lösch geloesch loesch retir retrai elimin quitar borr rimuo rimoss verwijder supprim remoç изъя удал 削除`,
  'minus|rm|del|rem|d|-d|inactive|unsubscription|suppr',
)
const ENTERS = wordsFrom(
  `add join enter entr entry insert includ inclus append subscrib enrol enroll optin optedin activ attach assign qualifi
  realiz realis existing creat upsert updat`,
  'hinzu ajout añad anad agreg incluir aggiu toevoeg 追加 добав',
  'ins|upd|i|u|a|c|e|j|\\+i?|\\+u|new|addition|active|subscription',
)

/** Words of leaving that are no state of an account or of a subscription. */
const LEFT = /^(?:remove|removed|removal|delete|deleted|leave|left|exit|exited)$/

/** Words that say what an operation is about and not which one it is. */
const ABOUT = /(?:audience|segment|member(?:ship)?s?|user|profile|person|from|to|list|the)/g

/** What the cell of such a column seems to say; undefined if it reads like no operation. */
export function operationIn(value: Json, likeness: OpLikeness): 'enter' | 'leave' | undefined {
  if (Array.isArray(value)) return value.length === 1 ? operationIn(value[0] ?? null, likeness) : undefined
  if (typeof value === 'object') return undefined
  const text = tidy(String(value)).toLowerCase()
  const word = text.length > 2 ? text.replace(/[\s_-]/g, '') : text
  switch (likeness) {
    case 'inverted':
      return TRUE_WORDS.has(word) ? 'leave' : undefined
    case 'weak':
      return LEFT.test(word) ? 'leave' : undefined
    case 'member':
      return LEFT.test(word) || FALSE_WORDS.has(word) ? 'leave' : undefined
    case 'operation':
      return operationOf(word)
  }
}

function operationOf(word: string): 'enter' | 'leave' | undefined {
  const bare = word.length > 2 ? word.replace(ABOUT, '') : word
  if (FALSE_WORDS.has(word) || LEAVES.test(word) || LEAVES.test(bare)) return 'leave'
  return TRUE_WORDS.has(word) || word === 'in' || word === 'on' || ENTERS.test(word) || ENTERS.test(bare)
    ? 'enter'
    : undefined
}
