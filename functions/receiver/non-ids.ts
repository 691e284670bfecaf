import type { RowErrorCode } from './row-errors.ts'

/**
 * Recognises texts that are in place of an id or a name but are neither. Otherwise, everybody without an id would
 * share one profile with such an id, and would get each other's campaigns.
 */

/** What an id identifies. A word may be a good name for an event but never the id of a person. */
export type IdKind = 'person' | 'audience' | 'event'

/** Matches nearly all ids. They need no closer look, which takes ten times as long. */
const USUAL = /^[A-Za-z0-9_:@-]*[1-9][A-Za-z0-9_:@-]*$/

/** No word, placeholder or rewritten number is longer. The limit also bounds the time of the expressions. */
const MAX_CHARACTERS = 300

/** Whether a text is an id or a name even without a closer look. */
export const isUsualId = (text: string) => text.length > MAX_CHARACTERS || USUAL.test(text)

/** @returns the row error of a text that is not an id of this kind, without looking at its row. */
export function nonIdCode(text: string, kind: IdKind): RowErrorCode | undefined {
  if (isUsualId(text)) return undefined
  if (meansNothing(text, kind)) return 'VALUE_MEANS_NOTHING'
  if (isPlaceholder(text, kind)) return 'PLACEHOLDER_UNFILLED'
  if (kind !== 'event' && isRewrittenNumber(text)) return 'NUMBER_REWRITTEN'
  return kind === 'person' && isReportLine(text) ? 'NOT_A_DATA_ROW' : undefined
}

/**
 * Words for a missing value in databases, spreadsheets, data frames and programming languages, by their letters and
 * digits.
 */
const NOTHING = new Set(
  `null nil none na nan nat undefined undef nullptr dbnull systemdbnull jsonnull sqlnull nullvalue emptystring
  infinity notset
  objectobject objectnull objectundefined nullnull nonenone nannan undefinedundefined
  nacharacter nainteger nareal pdna pdnat npnan numpynan snil snull optionalnil 1ind 1qnan`.split(/\s+/),
)

/** More words that cannot be the id of a person or an audience, although an event could have such a name. */
const NO_ID = new Set(
  `true false unset notavailable notapplicable notprovided notspecified unspecified nodata novalue void nothing missing
  empty blank unknown nul nulo nulle leer vide vacio vacío vuoto vazio leeg
  keine ninguno nessuno nenhum aucun geen`.split(/\s+/),
)

/** Words for unknown people, and the example value of API documentation. */
const NO_PERSON = new Set(
  `anonymous anon guest nobody noone nouser noid unidentified unassigned notauthenticated string`.split(
    /\s+/,
  ),
)

/** Errors of spreadsheets, also translated: `#N/A`, `#NV`, `#REF!`, `#¡VALOR!`, `#NAME?`. */
const SPREADSHEET_ERROR =
  /^#(?:n\/?[adv]|н\/д|i\/t|yok|hiányzik|getting_data|brak|[¡¿]?[^\d\s]\S{1,11}[!?])$/iu

/** MySQL and PostgreSQL write NULL as `\N` when they export. */
const DATABASE_NULL = /^\\+N$/i

/** The Nil UUID (RFC 9562, 5.9), which means that there is no id. */
const NIL_UUID = /^[{(]?0{8}-?0{4}-?0{4}-?0{4}-?0{12}[)}]?$/

const HAS_CONTENT = /[\p{L}\p{N}\p{So}\p{Extended_Pictographic}]/u

/** Whether a text is a word for a missing value of this kind. */
export function meansNothing(text: string, kind: IdKind): boolean {
  if (!HAS_CONTENT.test(text)) return true
  if (SPREADSHEET_ERROR.test(text) || DATABASE_NULL.test(text) || NIL_UUID.test(text)) return true
  const word = wordIn(text)
  return (
    NOTHING.has(word) || (kind !== 'event' && NO_ID.has(word)) || (kind === 'person' && NO_PERSON.has(word))
  )
}

const wordIn = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** The delimiters of templates: Handlebars, JavaScript, ERB, Ruby, Smarty, Mailchimp, AMPscript and others. */
const TEMPLATE_MARK =
  /\{\{|\}\}|[$#%@]\{|\{[%$!]|%\}|<%|%>|%%[^%]+%%|\[\[ *[a-z_]|\[%|\*\||\|\*|@@[^@]+@@|##[^#]+##|\$\(|^<<.*>>$/i

/** A whole text such as `{user_id}`, `[external_id]`, `<id>`, `%USER_ID%` or `{0}`. */
const BRACKETED = /^(?:\{([\w .-]+)\}|\[([\w .-]+)\]|<([\w .-]+)>|%([A-Za-z][\w.-]*)%)$/
const NAMES_A_FIELD =
  /(?:^|[^a-z])(?:id|uid|key|uuid|guid|user|customer|profile|person|member|contact|external|braze|audience|segment|split|event|email|name|value|string|\d)(?:[^a-z]|$)/i
const CAMEL_CASE = /([a-z])(?=[A-Z])/g

/** A GUID in braces, as Windows writes it. */
const GUID = /^\{[0-9a-f]{8}-/i

/** Format directives: `%s`, `%(id)s`. */
const DIRECTIVE = /^%(?:\d+\$|\(\w+\))?[sdv]$/

/** Variables: `$user_id`, `:user_id`, `__USER_ID__`, `&user_id;`. */
const VARIABLE = /^(?:\$[A-Za-z_][\w.]*\$?|:[A-Za-z_]\w*|__\w+__|&\w+;)$/

function isPlaceholder(text: string, kind: IdKind): boolean {
  if (TEMPLATE_MARK.test(text)) return true
  const inside = GUID.test(text) ? undefined : BRACKETED.exec(text)?.slice(1).find(Boolean)
  if (inside !== undefined && NAMES_A_FIELD.test(inside.replace(CAMEL_CASE, '$1_'))) return true
  if (kind === 'event') return false
  return DIRECTIVE.test(text) || (VARIABLE.test(text) && NAMES_A_FIELD.test(text.replace(CAMEL_CASE, '$1_')))
}

/**
 * A whole number with a fraction of zeros, in scientific notation, with separators for thousands, or with the
 * marks that make a spreadsheet read it as text. Without a point or a sign, `12e5` may be a hexadecimal id.
 */
const REWRITTEN_NUMBERS = [
  /^[+-]?\d+[.,]0+$/,
  /^[+-]?\d+[.,]\d*e[+-]?\d+$/i,
  /^[+-]?\d+e\+\d+$/i,
  /^[+-]?\d{1,3}(?:[,'’\u00a0\u202f]\d{3})+(?:\.\d+)?$/,
  /^=.|^(?:"\d+"|'\d+'?)$/,
]

const isRewrittenNumber = (text: string) => REWRITTEN_NUMBERS.some((form) => form.test(text))

/** A line that counts rows. Database consoles write one at the end of a table. */
const ROW_COUNT =
  /^\(?\s*(?:query ok,?\s*)?\d[\d.,]*\s*(?:rows?|row\(s\)|records?|record\(s\)|zeilen?|lignes?|filas?|righ?[ea]|linhas?|regels?|datens(?:atz|ätze)|enregistrements?|registros?|строк[аи]?|行|件)(?![\p{L}\d-]).*$/iu

/** Other lines that consoles and reports write before and after their tables. */
const MESSAGE =
  /^(?:no rows? |fetched \d|select \d+$|empty set\b|only showing top|total rows|record count|completion time|time elapsed|elapsed time|generated by|generated on|applied filters|confidential information|copyright )/i

/** Labels of a line with totals, and of the end of a file. */
const REPORT_WORDS = new Set(
  `total totals grandtotal subtotal sum count average summe gesamt gesamtsumme gesamtergebnis endsumme
  totalgénéral totale totaal somme suma
  queryok eof end endoffile endofreport endoffeed endofdata footer trailer`.split(/\s+/),
)

const isReportLine = (text: string) =>
  isRowCount(text) || MESSAGE.test(text) || REPORT_WORDS.has(wordIn(text))

export const isRowCount = (text: string) => text.length <= MAX_CHARACTERS && ROW_COUNT.test(text)
