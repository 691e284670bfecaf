const QUOTE = 0x22
const COMMA = 0x2c
const POINT = 0x2e
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b

/**
 * What a JSON text holds. `values`: each list, each object, and each comma between values; `names`: those of all
 * objects; `longNumber`: whether there is a number that a double may not keep, or one that looks like it.
 */
export type Counted = { values: number; names: number; longNumber: boolean }

/** Counts without building anything. Where there are more values than `limit` it stops one past it. */
export function countValues(text: string, limit: number): Counted {
  let values = 0
  let names = 0
  let longNumber = false
  for (let place = 0; place < text.length && values <= limit; place++) {
    const code = text.charCodeAt(place)
    if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) values += 1
    else if (code === COLON) names += 1
    else if (code === QUOTE) place = endOfString(text, place)
    else if (isDigit(code)) {
      const end = endOfDigits(text, place)
      if (end - place >= MANY_DIGITS || isLargeExponent(text, end)) longNumber = true
      place = end - 1
    }
  }
  return { values, names, longNumber }
}

/**
 * The shortest number that a double may not keep has 16 digits (2⁵³ has), among which a point may stand if an exponent
 * moves it (9007199254740.993e3), or an exponent of three (1e309).
 */
export const MANY_DIGITS = 16
const LARGE_EXPONENT = /^[eE]\+?\d{3}/
const isLargeExponent = (text: string, place: number) => LARGE_EXPONENT.test(text.slice(place, place + 5))

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** @returns the first place that is neither a digit nor a point. */
function endOfDigits(text: string, start: number): number {
  let end = start + 1
  for (let code = text.charCodeAt(end); isDigit(code) || code === POINT; code = text.charCodeAt(end)) end += 1
  return end
}

/** @returns the place of the closing quote, or the text's end where there is none. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, place: number): boolean {
  let before = place - 1
  while (text.charCodeAt(before) === BACKSLASH) before -= 1
  return (place - before) % 2 === 0
}
