import * as z from 'zod/mini'
import { TRACK_ARRAYS, type TrackArray } from '../../shared/record.ts'

/** One object that Braze rejected, and Braze's words about it. */
export type RejectedObject = { array: TrackArray; index: number; message: string }

type ArraySizes = { readonly [array in TrackArray]: number }

/** An error that names an object. `input_array` is missing in some answers (/users/track/bulk). */
const IndexedError = z.object({
  input_array: z.optional(z.enum(TRACK_ARRAYS)),
  index: z.coerce.number().check(z.int(), z.nonnegative()),
})

/** `errors` is documented as a list of texts and as a list of objects. Anything else counts as one error. */
export function listOf(errors: unknown): unknown[] {
  if (errors === undefined || errors === null) return []
  return (Array.isArray(errors) ? errors : [errors]).filter(saysSomething)
}

/** An empty entry is not an error. */
const saysSomething = (error: unknown) =>
  Boolean(error) && !(typeof error === 'object' && error !== null && Object.keys(error).length === 0)

/**
 * Assigns Braze's errors to objects. The first error of each object counts. An error without a usable index
 * is left over.
 * @param sent how many objects of each array the request held.
 * @returns `leftOver`: the words of an error that names no object.
 */
export function attribute(
  errors: readonly unknown[],
  sent: ArraySizes,
): { named: RejectedObject[]; leftOver: string | undefined } {
  const named = new Map<string, RejectedObject>()
  let leftOver: string | undefined
  for (const error of errors) {
    const place = placeOf(error, sent)
    const message = wordsOf(error)
    if (!place) leftOver = message
    else if (!named.has(`${place.array} ${place.index}`))
      named.set(`${place.array} ${place.index}`, { ...place, message })
  }
  return { named: [...named.values()], leftOver }
}

/** An index without an array is unambiguous if only one array was sent. */
function placeOf(error: unknown, sent: ArraySizes): { array: TrackArray; index: number } | undefined {
  const { data } = IndexedError.safeParse(error)
  if (!data) return undefined
  const [only, ...others] = TRACK_ARRAYS.filter((array) => sent[array] > 0)
  const array = data.input_array ?? (others.length === 0 ? only : undefined)
  if (array === undefined || data.index >= sent[array]) return undefined
  return { array, index: data.index }
}

const words = z.string().check(z.minLength(1))

/** The fields in which Braze puts its words, in the order of how exact they are. */
const WORDED = z.union([
  words,
  z.pipe(
    z.object({ type: words }),
    z.transform(({ type }) => type),
  ),
  z.pipe(
    z.object({ message: words }),
    z.transform(({ message }) => message),
  ),
  z.pipe(
    z.object({ error: words }),
    z.transform(({ error }) => error),
  ),
])

/** Returns Braze's words in an entry of `errors`; without any, the entry itself as JSON. */
export function wordsOf(error: unknown): string {
  const { success, data } = WORDED.safeParse(error)
  return success ? data : (JSON.stringify(error) ?? 'an error without words')
}
