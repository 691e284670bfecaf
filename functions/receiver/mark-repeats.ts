import { endOfString } from './count-values.ts'

/** Ends a name that stands in its object a second time. No header ends so by itself. */
const MARK = '\0again'

export const isRepeat = (name: string) => name.endsWith(MARK)

/** A name for the second of two members, or columns, of one name and different values. */
export const repeated = (name: string) => name + MARK

/** The name as it was sent. */
export const withoutMark = (name: string) => (isRepeat(name) ? name.slice(0, -MARK.length) : name)

/** An object or, without `names`, a list whose end is not reached yet. */
type Open = {
  /** The text of each member's value. */
  names?: Map<string, string>
  name: string
  nameEnd: number
  /** Where the value of the current member begins, once its name is read. */
  valueStart: number | undefined
}

/**
 * Gives the second of two members of one name and different values a name of its own, which a parser would otherwise
 * keep instead of the first without a word.
 * @param text valid JSON.
 */
export function markRepeats(text: string): string {
  const ends = endsOfRepeats(text).sort((a, b) => a - b)
  const pieces = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end))
  return [...pieces, text.slice(ends.at(-1) ?? 0)].join(JSON.stringify(MARK).slice(1, -1))
}

/** @returns the places of the quotes that close the repeated names. */
function endsOfRepeats(text: string): number[] {
  const ends: number[] = []
  const open: Open[] = []
  for (let place = 0; place < text.length; place++) {
    const current = open.at(-1)
    switch (text[place]) {
      case '"': {
        const end = endOfString(text, place)
        if (current && current.valueStart === undefined) {
          current.name = nameAt(text, place, end)
          current.nameEnd = end
        }
        place = end
        break
      }
      case ':':
        if (current) current.valueStart = place + 1
        break
      case '{':
        open.push({ names: new Map(), name: '', nameEnd: 0, valueStart: undefined })
        break
      case '[':
        open.push({ name: '', nameEnd: 0, valueStart: undefined })
        break
      case ',':
        if (current && isRepeated(current, text, place)) ends.push(current.nameEnd)
        break
      case '}':
      case ']':
        if (current && isRepeated(current, text, place)) ends.push(current.nameEnd)
        open.pop()
        break
    }
  }
  return ends
}

/** Closes a member, and says whether another one of its name came before with another value. */
function isRepeated(current: Open, text: string, end: number): boolean {
  const { names, name, valueStart } = current
  if (!names || valueStart === undefined) return false
  current.valueStart = undefined
  const value = text.slice(valueStart, end).trim()
  const before = names.get(name)
  if (before === undefined) names.set(name, value)
  return before !== undefined && before !== value
}

function nameAt(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end)
  return name.includes('\\') ? String(JSON.parse(text.slice(start, end + 1))) : name
}
