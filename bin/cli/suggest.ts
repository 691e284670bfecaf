import { closestMatch } from 'leven'

/** A word with more wrong letters than this is another word. */
const MAX_TYPOS = 3

/** @returns ` Did you mean X?` if a known word is close to the given one; otherwise an empty text. */
export function didYouMean(given: string, known: readonly string[]): string {
  const maxDistance = Math.min(MAX_TYPOS, Math.ceil(given.length / 2))
  const byLowerCase = new Map(known.map((word) => [word.toLowerCase(), word]))
  const match = closestMatch(given.toLowerCase(), [...byLowerCase.keys()], { maxDistance })
  return match === undefined ? '' : ` Did you mean ${byLowerCase.get(match)}?`
}
