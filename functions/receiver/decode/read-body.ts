import type { Json } from '../../shared/json.ts'

/** The content of a body as JSON. */
export type ReadBody = {
  json: Json
  /** The body is a table, so that all its rows have the columns of its header. */
  isTable?: true
  /** The body is a form: its damage shows only after it is decoded. */
  isForm?: true
  /** The number of blank lines, including those whose cells are all empty. */
  blankLines?: number
  /** Finds the lines of the body on which these rows begin, from 1. The indexes ascend. */
  linesOf?: (indexes: readonly number[]) => number[]
}
