import leven from 'leven'

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
