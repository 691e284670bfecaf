import type { Json } from '../../shared/json.ts'

/** What a body holds, in the form of JSON. */
export type ReadBody = {
  json: Json
  /** The body is a table, so that all its rows have the columns of its header. */
  isTable?: true
  /** The body is a form, whose damage shows only after it is decoded. */
  isForm?: true
  /** The number of lines that hold nothing, not even in one of their cells. */
  blankLines?: number
  /** Finds the lines of the body on which these rows begin, from 1. The indexes ascend. */
  linesOf?: (indexes: readonly number[]) => number[]
}
