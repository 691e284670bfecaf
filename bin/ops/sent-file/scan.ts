/** Takes the bytes of a file in order and returns its rows, each with the exact bytes from the file. */
export type Scan = {
  /** @returns the rows that end in these bytes. */
  push: (bytes: Buffer) => Buffer[]
  /** @returns the last row, if it ends with the file; or what is wrong with the file. */
  end: () => Buffer[] | { problem: string }
  /** Joins rows into one body. */
  wrap: (rows: readonly Buffer[]) => Buffer
}

export const QUOTE = 0x22
export const LINE_FEED = 0x0a
export const CARRIAGE_RETURN = 0x0d

export const isBlank = (row: Buffer) => row.toString('latin1').trim() === ''
