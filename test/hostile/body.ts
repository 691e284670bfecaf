/** A row as it is written into a body, and the result that is expected for it. */
export type HostileRow = {
  json: string
  /** The expected identifier of its record; undefined if the row must be rejected. */
  id: string | undefined
  /** The expected JSON of `own_value` in its message; undefined if the row must be rejected. */
  value: string | undefined
  /**
   * The names of attributes or properties that mean nothing to the bridge. Its record must have all of them.
   */
  names: readonly string[]
}

/** A body, and the rows in it, indexed by their row numbers. */
export type Body = {
  text: string
  rows: readonly HostileRow[]
  /** Set if the format has only text values, so that the row numbers are texts as well. */
  isText?: true
}
