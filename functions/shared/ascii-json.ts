/**
 * Returns JSON in ASCII: every other character is escaped as `\uXXXX`. SQS accepts only the characters of XML
 * 1.0 and must not reject any text that a person can have (emoji, control characters, lone surrogates). ASCII
 * also makes the length in characters equal to the length in bytes.
 */
export function asciiJson(value: unknown): string {
  const json = JSON.stringify(value)
  const length = asciiLength(json)
  return length > json.length ? escaped(json, length) : json
}

/**
 * Returns ASCII JSON of at most `limit` characters. For a longer value it returns only the length that the
 * JSON would have, without escaping it, because escaping can make a text six times as long.
 */
export function asciiJsonUpTo(limit: number, value: unknown): string | number {
  const json = JSON.stringify(value)
  const length = asciiLength(json)
  if (length > limit) return length
  return length > json.length ? escaped(json, length) : json
}

/** DEL is ASCII, but it is escaped as well because it is a control character. */
const DEL = 0x7f
const DELETE = '\u007f'
const ESCAPE_LENGTH = '\\uXXXX'.length

/** Returns the length that a text has once everything beyond ASCII is escaped. */
export function asciiLength(text: string): number {
  // Nearly all text is plain ASCII, and one look at the whole is much faster than a look at each character.
  if (Buffer.byteLength(text) === text.length && !text.includes(DELETE)) return text.length
  let beyond = 0
  for (let place = 0; place < text.length; place++) if (text.charCodeAt(place) >= DEL) beyond += 1
  return text.length + beyond * (ESCAPE_LENGTH - 1)
}

const HEX = Buffer.from('0123456789abcdef')

/**
 * Escapes byte by byte. `replace` with a callback takes seconds and a gigabyte of memory for a few megabytes
 * of such characters.
 */
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
