/**
 * JSON in ASCII: everything beyond it as `\uXXXX`, so that no text a person can have (emoji, control characters,
 * lone surrogates) is refused by SQS, which takes only the characters of XML 1.0. Also makes length in characters
 * the length in bytes.
 */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value)
  const length = asciiLength(json)
  return length > json.length ? escaped(json, length) : json
}

/**
 * The same where it has at most so many characters, and otherwise only how many it would have: what is far too long
 * could grow sixfold.
 */
export function asciiJsonUpTo(limit: number, value: unknown): string | number {
  const json = JSON.stringify(value)
  const length = asciiLength(json)
  if (length > limit) return length
  return length > json.length ? escaped(json, length) : json
}

/** DEL is ASCII and stands with what is beyond, as a control character. */
const DEL = 0x7f
const DELETE = '\u007f'
const ESCAPE_LENGTH = '\\uXXXX'.length

/** How long a text is once everything beyond ASCII is escaped. */
export function asciiLength(text: string): number {
  // Nearly every text is ASCII as it is, and the whole is compared much faster than its characters.
  if (Buffer.byteLength(text) === text.length && !text.includes(DELETE)) return text.length
  let beyond = 0
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) >= DEL) beyond += 1
  return text.length + beyond * (ESCAPE_LENGTH - 1)
}

const HEX = Buffer.from('0123456789abcdef')

/** Byte by byte: `replace` with a callback takes seconds and a gigabyte for some megabytes of such characters. */
function escaped(json: string, length: number): string {
  const ascii = Buffer.allocUnsafe(length)
  let end = 0
  for (let place = 0; place < json.length; place++) {
    const code = json.charCodeAt(place)
    if (code < DEL) {
      ascii[end++] = code
      continue
    }
    ascii[end++] = 0x5c
    ascii[end++] = 0x75
    for (let shift = 12; shift >= 0; shift -= 4) ascii[end++] = HEX[(code >> shift) & 0xf] ?? 0
  }
  return ascii.toString('latin1')
}
