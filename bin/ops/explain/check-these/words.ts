import leven from 'leven'
import { meansNothing } from '../../../../functions/receiver/non-ids.ts'
import { operationIn, TRUE_WORDS as READ_AS_TRUE } from '../../../../functions/receiver/op-like.ts'
import { normalizeHeader } from '../../../../functions/shared/flags.ts'
import { tidy } from '../../../../functions/shared/invisible.ts'
import type { Json } from '../../../../functions/shared/json.ts'

/** A set of words that are separated by spaces and line breaks. */
export const wordSet = (words: string): ReadonlySet<string> => new Set(words.trim().split(/\s+/))

/** A header without case, spaces, punctuation and invisible characters. */
export const plainHeader = (header: string) =>
  normalizeHeader(header.normalize('NFC')).replace(/[\p{C}\p{P}\p{Z}]/gu, '')

/** A cell as a word to look up. A list or an object becomes an empty word. */
export const wordOf = (value: Json) => (typeof value === 'object' ? '' : tidy(String(value)).toLowerCase())

/** In addition to the receiver's words: those of more languages, and of spreadsheets that translate them. */
const MORE_TRUE = wordSet('j o s sim verdadero verdadeiro vero waar sant tak prawda on')
const FALSE_WORDS = wordSet(`
  false 0 no n f nein non não nao nee nej falsch faux falso onwaar falskt nie fałsz off
`)

export const isTrue = (value: Json) => READ_AS_TRUE.has(wordOf(value)) || MORE_TRUE.has(wordOf(value))
export const isFalse = (value: Json) => FALSE_WORDS.has(wordOf(value))

const CLEAR_OPERATIONS = wordSet('add added join joined enter entered enroll enrolled unenroll unenrolled')

/** Whether a cell says who enters or leaves: only by words without another meaning, or also by `D` or `active`. */
export const isOperation = (value: Json, words: 'clear' | 'all') =>
  operationIn(value, words === 'all' ? 'operation' : 'weak') !== undefined ||
  CLEAR_OPERATIONS.has(wordOf(value))

/** No name that a person gave is longer. */
const MAX_CHARACTERS = 200

/** @returns the words of a header in small letters: `orderID` and `Order-Id` are `order` and `id`. */
export const wordsOf = (header: string): string[] =>
  header
    .slice(0, MAX_CHARACTERS)
    .replace(/IDs(?!\p{L})/gu, 'Ids')
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

/** Last words of headers whose digits are a name, not an amount. */
const CODES = wordSet(`
  id ids uid uuid guid key code cd codes number nr no num nummer ref reference sku ean gtin isbn upc asin
  barcode iban bic ssn vat siren siret imei hash token pin dni cpf cnpj nif version ip serial vin store
  shop branch filiale card account konto model numero número codigo código identifier nummern kennung
  schluessel schlüssel extension iata icao naics sic mcc
`)

/** Words that mean that a header is for codes, wherever they are in it. */
const CODES_ANYWHERE = wordSet(`
  zip zipcode postal postcode postleitzahl plz cap cep phone phonenumber mobile telephone telefon telefono
  teléfono téléphone tel fax msisdn gsm handy cell cellphone movil móvil celular portable barcode
  postnummer pincode
`)

const JOINED_CODE = /(?:zipcode|postcode|postalcode|phone|barcode|uuid|guid|nummer|msisdn|[a-z]{3,}id)$/

/** `paid`, `bid` and the like end as ids do. */
const NO_ID = /(?:paid|bid|valid|avoid|covid|grid|said|laid|raid|aid|void|fluid|solid|hybrid|rapid|kid)$/

/** Whether a header names ids, codes, phone numbers or postal codes. */
export function namesCode(header: string): boolean {
  const words = wordsOf(header)
  const last = words.at(-1) ?? ''
  if (CODES.has(last) || words.some((word) => CODES_ANYWHERE.has(word))) return true
  return (words[0] === 'id' && words.length > 1) || (JOINED_CODE.test(last) && !NO_ID.test(last))
}

const DATE_WORDS = wordSet(`
  date datetime dt time timestamp ts at on dob birthday birthdate expiry expires expiration since until day
  datum zeit zeitpunkt geburtsdatum geburtstag fecha data jour heure nacimiento naissance seen login last next
  created updated modified registered start end begin deadline due epoch visit purchase am ab bis
`)

/** Words after which a number is a length of time or a count. */
const DURATION_WORDS = wordSet(`
  days hours minutes seconds ms count total amount spent zone
`)

/** Whether a header sounds like a date or a time. */
export function namesDate(header: string): boolean {
  const words = wordsOf(header)
  if (words.some((word) => DURATION_WORDS.has(word))) return false
  return words.some((word) => DATE_WORDS.has(word) || /(?:date|datum|timestamp|time)$/.test(word))
}

const BOOLEAN_WORDS = wordSet(`
  is has was can opt optin opted consent flag active enabled disabled allowed subscribed newsletter vip
  verified confirmed deleted blocked valid member
`)

/** Whether a header sounds like a question that is answered with yes or no. */
export const namesBoolean = (header: string) => wordsOf(header).some((word) => BOOLEAN_WORDS.has(word))

/** Shorter words have too many neighbours: `time` is one letter from `tier` and `name`. */
const LEAST_LENGTH = 5

/** In a word of this length, two wrong letters leave no doubt. */
const LONG_LENGTH = 9

/**
 * Whether one word is likely to be the other with a typing error. Another digit is another name, and two missing
 * letters are another word: `segment` is not `segment_id`.
 */
export function isTypingError(given: string, meant: string): boolean {
  if (given === meant || meant.length < LEAST_LENGTH || digitsOf(given) !== digitsOf(meant)) return false
  if (Math.abs(given.length - meant.length) > 1) return false
  const most = meant.length >= LONG_LENGTH ? 2 : 1
  return leven(given, meant, { maxDistance: most + 1 }) <= most || isSwapped(given, meant)
}

const digitsOf = (text: string) => text.replace(/\D/g, '')

/** Whether two neighbouring letters changed places. */
function isSwapped(given: string, meant: string): boolean {
  if (given.length !== meant.length) return false
  const place = [...given].findIndex((letter, index) => letter !== meant[index])
  return (
    given[place] === meant[place + 1] &&
    given[place + 1] === meant[place] &&
    given.slice(place + 2) === meant.slice(place + 2)
  )
}

/** The longest is a Nil UUID in braces. */
const LONGEST_WORD_FOR_NOTHING = 38

/** In this spelling, they mean something: an answer ("Allergies: none"), two first names, two abbreviations. */
const OTHERWISE_MEANT = new Set(['none', 'Nan', 'Nat', 'Na', 'na'])

/** "No answer" in German forms. */
const NOT_GIVEN = /^k\. ?A\.$/

/** Whether a cell may hold a word that a program writes for a missing value. */
export const isWordForNothing = (word: string) =>
  word.length <= LONGEST_WORD_FOR_NOTHING &&
  /[\p{L}\p{N}]/u.test(word) &&
  !OTHERWISE_MEANT.has(word) &&
  (meansNothing(word, 'event') || NOT_GIVEN.test(word))

/**
 * In another spelling, a word without punctuation may be a surname, an answer or an abbreviation: Null, None, NA for
 * Namibia.
 */
const CLEAR = new Set(['NULL', 'null', 'NaN', 'nan', 'NAN', 'NaT', 'undefined'])

/** Whether a word for a missing value has no other meaning. */
export const isClear = (word: string) => CLEAR.has(word) || /[^\p{L}\s]/u.test(word)
