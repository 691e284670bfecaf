import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { StateChange } from './change.ts'

const NEWLINE = 0x0a

/** One line per request, so that what a request changed is there as a whole or not at all. */
const Line = z.array(StateChange)

export type Journal = {
  history: StateChange[]
  append: (changes: readonly StateChange[]) => void
  close: () => void
}

/**
 * Opens a file of changes, JSON Lines. Appending writes before it returns, so that nothing answered is lost when the
 * process is killed; a last line that such an end left torn was never answered, and is cut off.
 * @throws where the file can't be read or written, or a line before the last is no line of a journal.
 */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true })
  const existing = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const end = existing.lastIndexOf(NEWLINE) + 1
  const history = [...linesOf(existing.subarray(0, end))].flatMap(readLine)
  const descriptor = openSync(file, 'a')
  ftruncateSync(descriptor, end)
  return {
    history,
    append: (changes) => writeAll(descriptor, Buffer.from(`${JSON.stringify(changes)}\n`)),
    close: () => closeSync(descriptor),
  }
}

/** Line by line, since a whole journal can be longer than a string may be. */
function* linesOf(bytes: Buffer): Generator<string> {
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, start)
    yield bytes.toString('utf8', start, end)
    start = end + 1
  }
}

function readLine(line: string, index: number): StateChange[] {
  try {
    return Line.parse(JSON.parse(line))
  } catch (cause) {
    throw new Error(`line ${index + 1} of the Braze simulator's journal can't be read`, { cause })
  }
}

/** `writeSync` may write a part only. */
function writeAll(descriptor: number, bytes: Buffer) {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
}
