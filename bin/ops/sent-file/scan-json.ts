import { isBlank, QUOTE, type Scan } from './scan.ts'

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
      return { problem: 'The list of JSON does not end where the file ends, or has an empty place.' }
    },
    wrap: (elements) =>
      Buffer.from(`[${elements.map((element) => element.toString('utf8').trim()).join(',\n')}]`),
  }
}
