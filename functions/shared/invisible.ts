/**
 * Characters that a person cannot see: white space of all kinds, control characters, byte order marks,
 * zero-width characters, marks that set the direction of text, and fillers (Unicode, "White_Space" and
 * "Default_Ignorable_Code_Point"). Variation selectors and tags are not among them, because they are part of
 * emoji.
 */
const INVISIBLE =
  /[[\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]--[\ufe00-\ufe0f\u{e0000}-\u{e0fff}]]/v
const ALL_INVISIBLE = new RegExp(INVISIBLE, 'gv')

/** Visible ASCII, which nearly every text begins and ends with. */
const isPlain = (code: number) => code > 0x20 && code < 0x7f

/**
 * Removes invisible characters at both ends, so that ids that look the same are the same. A regular expression
 * for the end of a text would take quadratic time for a long run of spaces within it.
 */
export function tidy(text: string): string {
  if (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1))) return text
  let [start, end] = [0, text.length]
  while (start < end && INVISIBLE.test(text.charAt(start))) start += 1
  while (end > start && INVISIBLE.test(text.charAt(end - 1))) end -= 1
  return text.slice(start, end)
}

/** Whether a text contains nothing that a person could see. */
export const isBlank = (text: string) => text === '' || (!isPlain(text.charCodeAt(0)) && tidy(text) === '')

/** Texts of visible ASCII only are returned at once: the expression takes ten times as long. */
export const withoutInvisible = (text: string) =>
  VISIBLE.test(text) ? text : text.replace(ALL_INVISIBLE, '')

const VISIBLE = /^[!-~]*$/

/** An ordinary space can be seen between two words. */
const NAMED = new RegExp(`(?! )${INVISIBLE.source}`, 'v')
const ALL_NAMED = new RegExp(NAMED, 'gv')

/** @returns the name of the first invisible character that is not a plain space, such as `U+200B`. */
export function invisibleIn(text: string): string | undefined {
  const found = NAMED.exec(text)?.[0]
  return found === undefined ? undefined : nameOf(found)
}

/** Writes the name of each invisible character in its place, so that a person can see where it is: `id<U+200B>`. */
export const showInvisible = (text: string) => text.replace(ALL_NAMED, (found) => `<${nameOf(found)}>`)

const nameOf = (character: string) =>
  `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
