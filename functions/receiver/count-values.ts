const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b

/**
 * Counts, without building anything, what a JSON text holds.
 * @returns `values`: each list, each object, and each comma between values; `names`: those of all objects. Where there
 * are more values than `limit` it stops one past it.
 */
export function countValues(text: string, limit: number): { values: number; names: number } {
  let values = 0
  let names = 0
  for (let place = 0; place < text.length && values <= limit; place++) {
    const code = text.charCodeAt(place)
    if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) values += 1
    else if (code === COLON) names += 1
    else if (code === QUOTE) place = endOfString(text, place)
  }
  return { values, names }
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
