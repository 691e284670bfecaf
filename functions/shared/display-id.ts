/**
 * Which ids of audiences, splits and runs are displayed: in log lines, in the attributes of dead letters in SQS, and
 * by the commands that read either. The sender chooses these ids, so a column that is mapped wrongly can put names or
 * telephone numbers in their place. Only the display depends on this rule. Braze gets every id as it was sent.
 */

/** Placeholder for the ids that are not displayed, and for those that are not counted separately. */
export const OTHER_IDS = '(other)'

/** Placeholder for rows without a run id, and for unreadable messages. */
export const NO_ID = '-'

const MAX_CHARACTERS = 64

/** ISO 8601 with or without separators, or with `_` or `-` in their place: `2026-01-05T10:00`, `20260105100000`. */
const MONTH = '(?:0[1-9]|1[0-2])'
const DAY = String.raw`(?:0[1-9]|[12]\d|3[01])`
const CLOCK = String.raw`(?:[01]\d|2[0-3])[:_-]?[0-5]\d(?:[:_-]?[0-5]\d(?:\.\d{1,9}|\d{3})?)?(?:Z|[+-]\d\d:?\d\d)?`

/**
 * A time from 2020 to 2039. Before, a date could be a date of birth, and 12 digits that begin with 2010 to 2019 could
 * be an Egyptian telephone number.
 */
const TIME = String.raw`(?<!\d)20[23]\d(?<separator>[_-]?)${MONTH}\k<separator>${DAY}(?:[T _-]?${CLOCK})?(?!\d)`

/**
 * Milliseconds since 1970, from 2020 to 2033, after a word. Without a word, 13 digits could be a person's number:
 * those of men born in the 20th century begin with 1 and the year in Romania (CNP) and France (NIR).
 */
const MILLISECONDS = String.raw`(?<=[a-z][_-]?)1(?:5[89]|[6-9]\d)\d{10}(?!\d)`
const UUID = String.raw`(?<![\da-z])[\da-f]{8}(?<dash>-?)(?:[\da-f]{4}\k<dash>){3}[\da-f]{12}(?![\da-z])`

/** Parts of an id that have many digits but are not a person's number. */
const HARMLESS = new RegExp(`${TIME}|${MILLISECONDS}|${UUID}`, 'gi')

/**
 * Without a point, an id cannot be `first.last`, a part of an e-mail address, or an IP address. Without spaces and
 * other characters, it cannot be a name or a postal address.
 */
const PLAIN = /^[\w-]*$/

/** A single letter or `-` is nobody's name. Any other word could be one, and ActionIQ's own ids have digits. */
const NO_WORD = /\d|^.$/

/**
 * Numbers of telephones, cards and accounts, and most numbers by which a state knows a person, have nine digits or
 * more, in one piece or in several.
 */
const LONG_NUMBER = /\d(?:[_-]*\d){8}/

const EARLY_YEAR = String.raw`(?:19\d\d|20[01]\d)`

/** The beginnings of the months' names in English and German. */
const MONTH_NAME = '(?:jan|feb|mar|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]*'

/**
 * A date, such as a date of birth: with separators, as eight digits, or with the month's name. Those since 2020 are
 * harmless.
 */
const DATE = new RegExp(
  [
    String.raw`\d\d[_-]\d\d[_-]\d\d`,
    String.raw`(?<!\d)${EARLY_YEAR}(?:[_-]?(?:${MONTH}[_-]?${DAY}|${MONTH_NAME}[_-]?\d\d?)|[_-]\d\d?[_-]\d\d?)(?!\d)`,
    String.raw`(?:(?<!\d)(?:${DAY}[_-]?${MONTH}|${MONTH}[_-]?${DAY}|\d\d?[_-]\d\d?[_-])|(?<![a-z])${MONTH_NAME}(?:[_-]\d\d?[_-])?)[_-]?${EARLY_YEAR}(?!\d)`,
  ].join('|'),
  'i',
)

/**
 * Numbers with letters by which a state knows a person: of Spain (DNI and NIE), the United Kingdom (NINO), Italy
 * (codice fiscale) and Mexico (CURP).
 */
const NATIONAL =
  /(?<![a-z\d])([xyz\d]\d{7}[a-z]|[a-z]{2}\d{6}[a-d]|[a-z]{6}(\d\d[a-z]){2}\d{3}[a-z]|[a-z]{4}\d{6}[hmx][a-z]{5}[a-z\d]\d)(?![a-z\d])/i

/**
 * Whether an id may be displayed. It could still be personal data: `anna85` looks like an id, and a telephone number
 * of eight digits looks like one of ActionIQ's numbers.
 */
export const isDisplayable = (id: string): boolean =>
  id.length <= MAX_CHARACTERS && NO_WORD.test(id) && PLAIN.test(withoutHarmless(id)) && !hasPersonalNumber(id)

/**
 * Whether a text contains a date of birth or a number that could be a person's. Ids that are displayed joined are
 * judged joined too, because an area code and a number may be in two columns.
 */
export function hasPersonalNumber(text: string): boolean {
  const rest = withoutHarmless(text)
  return LONG_NUMBER.test(rest) || DATE.test(rest) || NATIONAL.test(rest)
}

/** A letter in place of each part keeps the digits on both sides of it apart. */
const withoutHarmless = (text: string) => text.replace(HARMLESS, 'x')

/** Returns an id as the log may show it. */
export const displayId = (id = NO_ID) => (isDisplayable(id) ? id : OTHER_IDS)

/** @returns the run that all of them name, if it may be shown beside a dead letter; otherwise undefined. */
export function displayRun(runs: Iterable<string | undefined>): string | undefined {
  const [run, ...others] = new Set(runs)
  return run !== undefined && others.length === 0 && isDisplayable(run) ? run : undefined
}

/**
 * The name of a connection. Whoever deploys the stack chooses it, so it may be a word. A connection that is not set
 * up could have any name.
 */
export const CONNECTION_NAME = /^[a-z0-9][a-z0-9-]*$/
export const MAX_CONNECTION_NAME_CHARACTERS = 40

const isConnectionName = (name: string) =>
  name.length <= MAX_CONNECTION_NAME_CHARACTERS && CONNECTION_NAME.test(name)

/** Returns the name of a connection as the log may show it. */
export const displayConnection = (name: string) =>
  name === NO_ID || isConnectionName(name) ? name : OTHER_IDS
