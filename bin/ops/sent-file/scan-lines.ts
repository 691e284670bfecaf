import { CARRIAGE_RETURN, isBlank, LINE_FEED, QUOTE, type Scan } from './scan.ts'

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
    end: () => (inQuotes ? { problem: 'The quotes of the table do not close.' } : finish(Buffer.alloc(0))),
    wrap: (lines) => Buffer.concat(lines.flatMap((line) => [line, Buffer.of(LINE_FEED)])),
  }
}
