import { CARRIAGE_RETURN, isBlank, LINE_FEED, QUOTE, type Scan } from './scan.ts'

/** One JSON object a line, which can hold no line break: JSON escapes those in its texts. */
export const scanNdjson = (): Scan => scanLines({ quoted: false })

/** A table: its first line, the header, stands at the head of every body. Cells in quotes may hold line breaks. */
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
    // Tabs alone are the empty cells of a table.
    return isBlank(line) && !line.includes('\t') ? [] : [line]
  }
  return {
    push: (bytes) => {
      const lines: Buffer[] = []
      let from = 0
      for (let index = 0; index < bytes.length; index++) {
        const byte = bytes[index]
        // A quote within a cell stands twice, and so changes nothing.
        if (quoted && byte === QUOTE) inQuotes = !inQuotes
        else if (!inQuotes && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) {
          lines.push(...finish(bytes.subarray(from, index)))
          from = index + 1
        }
      }
      if (from < bytes.length) partial.push(Buffer.from(bytes.subarray(from)))
      return lines
    },
    end: () => (inQuotes ? { problem: 'The quotes of the table do not close.' } : finish(Buffer.alloc(0))),
    wrap: (lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.of(LINE_FEED)])),
  }
}
