import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../../cli/owner-only.ts'
import { StateChange } from './change.ts'

const NEWLINE = 0x0a

/** Each request writes one line, so its changes are stored completely or not at all. */
const Line = z.array(StateChange)

type Journal = {
  history: StateChange[]
  append: (changes: readonly StateChange[]) => void
  close: () => void
}

/**
 * Opens a file of changes in JSON Lines. `append` writes before it returns, so that no answered request is
 * lost when the process is killed. An incomplete last line belongs to a request that was never answered, so
 * it is cut off.
 * @throws if the file cannot be read or written, or a complete line is invalid.
 */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER })
  const existing = existsSync(file) ? readFileSync(file) : Buffer.alloc(0)
  const end = existing.lastIndexOf(NEWLINE) + 1
  const history = [...linesOf(existing.subarray(0, end))].flatMap(readLine)
  const descriptor = openSync(file, 'a', OWNER_ONLY_FILE)
  ftruncateSync(descriptor, end)
  return {
    history,
    append: (changes) => writeAll(descriptor, Buffer.from(`${JSON.stringify(changes)}\n`)),
    close: () => closeSync(descriptor),
  }
}

/** Reads line by line, because a journal can exceed the maximum length of a string. */
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

/** Loops because `writeSync` may write only a part. */
function writeAll(descriptor: number, bytes: Buffer) {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
}
