import type * as z from 'zod'
import { plural } from '../cli/plural.ts'

/**
 * Parses the answer of a service. A schema's own error has many lines for one wrong answer, and none of them
 * says who gave it.
 * @param service who answered, as the operator knows it.
 * @throws an error with one sentence if the answer does not have this shape.
 */
export function parseAnswer<T>(service: string, shape: z.ZodType<T>, answer: unknown): T {
  const parsed = shape.safeParse(answer)
  if (parsed.success) return parsed.data
  const [first, ...others] = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole answer')
  const more = others.length > 0 ? `, and ${plural(others.length, 'more field')}` : ''
  throw new Error(
    `${service} gave an answer that this version cannot read (${first}${more}). Run the command again. If that does not help, another version of this command may be needed.`,
  )
}
