/** A row as it is written into a body, and what may become of it. */
export type HostileRow = {
  json: string
  /** The identifier of its record, if it becomes one; undefined where it must be refused. */
  id: string | undefined
  /** How the value of its own must stand in its message; undefined where it must be refused. */
  value: string | undefined
  /** Of its attributes or properties that mean nothing to the bridge: its record must have them all. */
  names: readonly string[]
}

/** A body, and the rows that stand in it by their numbers. */
export type Body = {
  text: string
  rows: readonly HostileRow[]
  /** Its format knows texts only: the rows' numbers are texts too. */
  isText?: true
}
