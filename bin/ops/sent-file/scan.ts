/** Takes the bytes of a file in order and returns its rows, each with the exact bytes from the file. */
export type Scan = {
  /** @returns the rows that end in these bytes. */
  push: (bytes: Buffer) => Buffer[]
  /** @returns the last row, if it ends with the file; or what is wrong with the file. */
  end: () => Buffer[] | { problem: string }
  /** Joins rows into one body. */
  wrap: (rows: readonly Buffer[]) => Buffer
}

const QUOTE = 0x22
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

const isBlank = (row: Buffer) => row.toString('latin1').trim() === ''

/** One JSON object per line. It contains no line break, because JSON escapes line breaks in strings. */
export const scanNdjson = (): Scan => scanLines({ quoted: false })

/**
 * A table. Its first line, the header, is repeated at the head of every body. Quoted cells may contain line
 * breaks.
 */
export function scanCsv(): Scan {
  const { push, end, wrap } = scanLines({ quoted: true })
  let header: Buffer | undefined
  const withoutHeader = (lines: Buffer[]) => {
    if (header !== undefined) return lines
    const [first, ...others] = lines
    header = first
    return others
  }
  return {
    push: (bytes) => withoutHeader(push(bytes)),
    end: () => {
      const last = end()
      return Array.isArray(last) ? withoutHeader(last) : last
    },
    wrap: (lines) => wrap(header === undefined ? lines : [header, ...lines]),
  }
}

function scanLines({ quoted }: { quoted: boolean }): Scan {
  let inQuotes = false
  let partial: Buffer[] = []
  const finish = (last: Buffer): Buffer[] => {
    const line = Buffer.concat([...partial, last])
    partial = []
    // A line of tabs only is a row of empty cells.
    return isBlank(line) && !line.includes('\t') ? [] : [line]
  }
  return {
    push: (bytes) => {
      const lines: Buffer[] = []
      let from = 0
      for (let index = 0; index < bytes.length; index++) {
        const byte = bytes[index]
        // A quote inside a cell is doubled, so it toggles twice and changes nothing.
        if (quoted && byte === QUOTE) inQuotes = !inQuotes
        else if (!inQuotes && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) {
          lines.push(...finish(bytes.subarray(from, index)))
          from = index + 1
        }
      }
      if (from < bytes.length) partial.push(Buffer.from(bytes.subarray(from)))
      return lines
    },
    end: () => (inQuotes ? { problem: 'A quote in the table is not closed.' } : finish(Buffer.alloc(0))),
    wrap: (lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.of(LINE_FEED)])),
  }
}

const [BACKSLASH, COMMA] = [0x5c, 0x2c]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * Splits a JSON list into its elements. JSON's syntax is ASCII, and no byte of a multi-byte character is, so
 * that bytes can be examined one by one. Whether an element is valid is for the receiver to judge.
 */
export function scanJsonList(): Scan {
  let depth = 0
  let inText = false
  let isEscaped = false
  let isClosed = false
  let isBroken = false
  let partial: Buffer[] = []
  let rows: Buffer[] = []

  const finish = (last: Buffer, isLast: boolean) => {
    const row = Buffer.concat([...partial, last])
    partial = []
    if (!isBlank(row)) rows.push(row)
    // An empty list has no element before its end. A comma always needs one before it.
    else if (!isLast) isBroken = true
  }

  const take = (bytes: Buffer) => {
    let from = 0
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index]
      if (inText) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) inText = false
      } else if (byte === QUOTE) inText = true
      else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
        depth += 1
        if (depth === 1) {
          if (isClosed) isBroken = true
          from = index + 1
        }
      } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 1) {
          finish(bytes.subarray(from, index), true)
          isClosed = true
          from = index + 1
        }
        depth -= 1
      } else if (byte === COMMA && depth === 1) {
        finish(bytes.subarray(from, index), false)
        from = index + 1
      }
    }
    // Copy, because whoever reads the file may reuse the chunk's memory.
    if (from < bytes.length) partial.push(Buffer.from(bytes.subarray(from)))
  }

  return {
    push: (bytes) => {
      take(bytes)
      const ended = rows
      rows = []
      return ended
    },
    end: () => {
      if (isClosed && !isBroken && depth === 0 && isBlank(Buffer.concat(partial))) return []
      return { problem: 'The JSON list does not end where the file ends, or has an empty element.' }
    },
    wrap: (elements) =>
      Buffer.from(`[${elements.map((element) => element.toString('utf8').trim()).join(',\n')}]`),
  }
}
