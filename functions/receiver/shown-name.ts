import { withoutMark } from './mark-repeats.ts'

/** Headers are the sender's text: an answer shows enough of one to find it, however long it is. */
const MAX_SHOWN_CHARACTERS = 100

export function shownName(header: string): string {
  const name = withoutMark(header)
  return name.length > MAX_SHOWN_CHARACTERS ? `${name.slice(0, MAX_SHOWN_CHARACTERS)}…` : name
}
