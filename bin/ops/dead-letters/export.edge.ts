import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { OWNER_ONLY_FILE } from '../../cli/owner-only.ts'
import type { ReceivedDeadLetter } from '../redrive/dead-letter.ts'
import { formatExport } from './format.ts'
import { type DeadLetterFilter, type ScanDeps, scanDeadLetters } from './scan.ts'

/**
 * Writes the dead letters to a file, one per line.
 * @param file the name of the file, for messages.
 * @returns whether the file holds all of them.
 */
export async function exportDeadLetters(
  filter: DeadLetterFilter,
  archive: Archive,
  file: string,
  { out, error, ...deps }: ScanDeps & { out: (line: string) => void; error: (line: string) => void },
): Promise<boolean> {
  let isKept = false
  try {
    const scanned = await scanDeadLetters(filter, deps, archive.write)
    if (scanned.unmatched !== undefined) {
      error(scanned.unmatched)
      return false
    }
    isKept = scanned.listing !== 'stopped'
    const failed = isKept ? archive.publish() : undefined
    if (failed) {
      error(failed.problem)
      return false
    }
    for (const line of formatExport(scanned, file)) out(line)
    const { visible, hiddenElsewhere } = scanned.unseen
    return scanned.listing === 'complete' && visible === 0 && hiddenElsewhere === 0
  } finally {
    if (!isKept) archive.discard()
  }
}

/** A file that appears under its name only when it is complete. */
export type Archive = {
  write: (deadLetter: ReceivedDeadLetter) => void
  /**
   * Publishes the complete file under its name.
   * @returns what is wrong if it cannot; the partial file, which is complete, is kept then.
   */
  publish: () => { problem: string } | undefined
  /** Deletes what was written so far. */
  discard: () => void
}

/**
 * @param link makes a hard link; some file systems cannot.
 * @returns the new archive; or why it cannot be created.
 */
export function openArchive(file: string, link = linkSync): Archive | { problem: string } {
  if (existsSync(file)) return { problem: `${file} already exists. Name another file.` }
  const partial = `${file}.partial`
  let descriptor: number
  try {
    descriptor = openSync(partial, 'wx', OWNER_ONLY_FILE)
  } catch (error) {
    return {
      problem: `${partial} cannot be created: ${messageOf(error)}. If an earlier export has left it there, move it away.`,
    }
  }
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    write: (deadLetter) => writeFileSync(descriptor, `${archiveLine(deadLetter)}\n`),
    publish: () => {
      try {
        close()
        moveToNewFile(partial, file, link)
        return undefined
      } catch (error) {
        return {
          problem: `${file} cannot be created: ${messageOf(error)}. The export is complete and is in ${partial}. Rename that file.`,
        }
      }
    },
    discard: () => {
      close()
      rmSync(partial)
    },
  }
}

/** Unlike a rename alone, it does not replace a file that was created under the new name in the meantime. */
function moveToNewFile(from: string, to: string, link: typeof linkSync): void {
  try {
    link(from, to)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error
    closeSync(openSync(to, 'wx', OWNER_ONLY_FILE))
    renameSync(from, to)
    return
  }
  rmSync(from)
}

/** A dead letter as a line of JSON, without loss: the body is the exact text from SQS. */
const archiveLine = ({ queue, messageId, sentAt, attributes, body }: ReceivedDeadLetter) =>
  JSON.stringify({ queue, messageId, sentAt: new Date(sentAt).toISOString(), attributes, body })

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
