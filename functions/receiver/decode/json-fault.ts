/** The place where a text stops being JSON, and the reason. Lines and columns count from 1, columns in UTF-16 units. */
export type JsonFault = { line: number; column: number; reason: string }

type Container = 'list' | 'object'

/** What must come next. In place of a first item or name, its list or object may also end. */
type Next = 'whole value' | 'first item' | 'item' | 'first name' | 'name' | 'colon' | 'member value' | 'end'

/**
 * Finds the first place at which a text stops being JSON. The message of `JSON.parse` often gives no place, and
 * it quotes the text. A fault within a word, a number or an escape is placed at its beginning.
 * It is iterative, because a body may be nested to any depth.
 * @returns undefined if `JSON.parse` accepts the text. The reason never quotes the text.
 */
export function jsonFault(text: string): JsonFault | undefined {
  const open: Container[] = []
  let next: Next = 'whole value'
  let place = nextPlace(NOT_SPACE, text, 0)
  while (place < text.length) {
    const sign = text.charAt(place)
    const container = open.at(-1)
    const isName: boolean = next === 'first name' || next === 'name'
    const isValue: boolean = !isName && next !== 'colon' && next !== 'end'
    let end = place + 1
    if (sign === '"' && (isName || isValue)) {
      const string = readString(text, place)
      if (string.reason !== undefined) return faultAt(text, string.end, string.reason)
      end = string.end
      next = isName ? 'colon' : 'end'
    } else if (isValue && (sign === '[' || sign === '{')) {
      open.push(sign === '[' ? 'list' : 'object')
      next = sign === '[' ? 'first item' : 'first name'
    } else if (isValue && IN_SCALAR.test(sign)) {
      end = nextPlace(NOT_IN_SCALAR, text, place)
      const scalar = text.slice(place, end)
      if (!isJson(scalar)) {
        if (end === text.length && isUnfinished(scalar)) break
        return faultAt(text, place, BEGINS_NUMBER.test(sign) ? BAD_NUMBER : BAD_WORD)
      }
      next = 'end'
    } else if (sign === ',' && next === 'end' && container) {
      next = container === 'list' ? 'item' : 'name'
    } else if (sign === ':' && next === 'colon') {
      next = 'member value'
    } else if (
      container &&
      sign === CLOSING[container] &&
      (next === 'end' || next === 'first item' || next === 'first name')
    ) {
      open.pop()
      next = 'end'
    } else {
      return faultAt(text, place, reasonAt(text, place, next, container))
    }
    place = nextPlace(NOT_SPACE, text, end)
  }
  const container = open.at(-1)
  if (container) return faultAt(text, text.length, ENDS_INSIDE[container])
  return next === 'end' ? undefined : faultAt(text, text.length, 'the JSON ends before its value is complete')
}

const CLOSING = { list: ']', object: '}' } as const
const ENDS_INSIDE = {
  list: 'the JSON ends inside a list, before its "]"',
  object: 'the JSON ends inside an object, before its "}"',
  text: 'the JSON ends inside a string, before its closing quote',
} as const

const BAD_WORD =
  'text without double quotes, or a word that JSON does not have, such as NaN, undefined, None or True'
const BAD_NUMBER =
  'a number in a form that JSON does not have, such as 007, +1, .5, 1., 0x1F or -Infinity, or text without double quotes'

/** Why the character at a place can't be there. The most specific reasons come first. */
function reasonAt(text: string, place: number, next: Next, container: Container | undefined): string {
  const sign = text.charAt(place)
  if (sign === '/' && /[/*]/.test(text.charAt(place + 1))) return 'a comment, which JSON does not have'
  if (/['`‘’‚“”„]/.test(sign)) return 'a quotation mark other than the straight double quote of JSON'
  if (/[\s\p{Cc}\p{Cf}]/u.test(sign))
    return 'an invisible character that JSON does not have, such as a no-break space or a byte order mark'
  if (next === 'end') return reasonAfterValue(text, place, container)
  if (next === 'name' && sign === '}') return 'a comma has no member after it'
  if (next === 'item' && sign === ']') return 'a comma has no value after it'
  if (next === 'member value' && /[,}\]]/.test(sign)) return 'a colon has no value after it'
  if (container && isWrongClosing(sign, container)) return WRONG_CLOSING[container]
  if (next === 'colon') return 'a name has no colon after it'
  if (sign === ',') return 'a comma has nothing before it'
  return next === 'name' || next === 'first name' ? 'a name is not in double quotes' : BAD_WORD
}

const isWrongClosing = (sign: string, container: Container) => sign === (container === 'list' ? '}' : ']')
const WRONG_CLOSING = {
  list: 'a list is closed with "}" instead of "]"',
  object: 'an object is closed with "]" instead of "}"',
} as const

function reasonAfterValue(text: string, place: number, container: Container | undefined): string {
  if (!container) return 'more text follows the end of the JSON; several values must be in one list'
  if (isWrongClosing(text.charAt(place), container)) return WRONG_CLOSING[container]
  if (text.charAt(place - 1) === '"')
    return 'a comma is missing after a string, or a quote inside the string has no backslash before it'
  return `a comma is missing between two ${container === 'list' ? 'values' : 'members'}`
}

/** @returns the place after a string or, with a reason, the place of the fault in it. */
function readString(text: string, start: number): { end: number; reason?: string } {
  for (let place = start + 1; place < text.length; place++) {
    const code = text.charCodeAt(place)
    if (code === QUOTE) return { end: place + 1 }
    if (code === LF || code === CR)
      return { end: place, reason: 'a line break inside a string, or a string without its closing quote' }
    if (code < SPACE) return { end: place, reason: 'a tab or another control character inside a string' }
    if (code !== BACKSLASH) continue
    const [escaped] = ESCAPE.exec(text.slice(place, place + LONGEST_ESCAPE)) ?? []
    if (escaped === undefined)
      return { end: place, reason: 'a backslash inside a string begins an escape that JSON does not have' }
    place += escaped.length - 1
  }
  return { end: text.length, reason: ENDS_INSIDE.text }
}

const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
/** An escape, or the beginning of one at the end of the text. */
const ESCAPE = /^\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}|(?:u[\dA-Fa-f]{0,3})?$)/
const LONGEST_ESCAPE = '\\u0000'.length

/** The characters of numbers and words, including those that JSON does not have. */
const IN_SCALAR = /[\w.+-]/
const NOT_IN_SCALAR = /[^\w.+-]/g
const NOT_SPACE = /[^ \t\n\r]/g
const BEGINS_NUMBER = /[\d.+-]/

/** @returns the first place that the pattern matches, or the end of the text. */
function nextPlace(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(text)?.index ?? text.length
}

/** Whether a scalar is the beginning of a valid one. */
const isUnfinished = (scalar: string) =>
  isJson(`${scalar}0`) || ['true', 'false', 'null'].some((word) => word.startsWith(scalar))

function isJson(scalar: string): boolean {
  try {
    JSON.parse(scalar)
    return true
  } catch {
    return false
  }
}

/** A line ends with LF, CRLF or CR. */
function faultAt(text: string, end: number, reason: string): JsonFault {
  let line = 1
  let lineStart = 0
  for (let place = 0; place < end; place++) {
    const code = text.charCodeAt(place)
    if (code !== LF && !(code === CR && text.charCodeAt(place + 1) !== LF)) continue
    line += 1
    lineStart = place + 1
  }
  return { line, column: end - lineStart + 1, reason }
}
