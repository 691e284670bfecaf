import type { Json } from '../../../../functions/shared/json.ts'
import type { SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

/** The characters of Windows-1252 in place of the control characters 0x80 to 0x9f. */
const HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

const BYTE_OF = new Map<number, number>([
  ...Array.from({ length: 256 }, (_, code): [number, number] => [code, code]),
  ...Array.from(HIGH, (character, index): [number, number] => [character.charCodeAt(0), 0x80 + index]),
])

/** The first characters of what two or more bytes of UTF-8 become. Most texts have none. */
const LEADS = /[ÂÃÄÅÎÏÐÑâãäåæçèéðØÙ]/

/**
 * Signs that may follow a capital letter in a name: the last two characters of "NESCAFÉ®" could also be the bytes of
 * one letter.
 */
const LETTER_AND_SIGN = /^[^ÂÃ]*[ÄÅÉÎÏÐÑØÙ][®©™»°…”’«“‘]/

/** How the character sets of old Macs and of DOS show the bytes of accented letters. */
const OTHER_SETS = /√[©®°§º∂ß†¢£•´]|‚Ä[ôúùìîï]|├[®ñ®ÂÔÇÑÖÜ¬½╝║│]/

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Whether a text would be another, correct text if its characters were the bytes of UTF-8. The receiver rejects rows
 * in which characters are lost (U+FFFD).
 */
export function isGarbled(text: string): boolean {
  if (OTHER_SETS.test(text)) return true
  if (!LEADS.test(text) || LETTER_AND_SIGN.test(text)) return false
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const byte = BYTE_OF.get(text.charCodeAt(index))
    if (byte === undefined) return false
    bytes[index] = byte
  }
  try {
    return decoder.decode(bytes).length < text.length
  } catch {
    return false
  }
}

/** Text is rarely nested more deeply than this, and a value may be nested too deeply to be searched. */
const MAX_DEPTH = 10

function holdsGarbled(value: Json, depth = 1): boolean {
  if (typeof value === 'string') return isGarbled(value)
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return false
  return Object.values(value).some((inner: Json) => holdsGarbled(inner, depth + 1))
}

/** Finds text that was read in another character set than it was written in. */
export const garbledText = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (column.readAs.every((read) => read === 'dropped' || read === 'left out')) return []
    const rows = column.values.filter((value) => holdsGarbled(value)).length
    const isHeader = isGarbled(column.name)
    if (rows === 0 && !isHeader) return []
    return [
      {
        code: 'GARBLED_TEXT',
        column: column.column,
        rows: isHeader ? column.values.length : rows,
        message: `${
          isHeader ? 'The header contains' : 'Some values contain'
        } characters such as Ã© or â€™ where an accented letter or a quotation mark belongs. A program read UTF-8 as another character set before the export, and Braze would show the text like this. ${TO_DO}`,
      },
    ]
  })

const TO_DO =
  'No setting can repair it: correct the character set where the data was exported or loaded, and export it again.'
