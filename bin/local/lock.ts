import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type Lock =
  | { kind: 'locked'; release: () => void }
  | { kind: 'taken'; pid: string }
  | { kind: 'unusable'; why: string }

/**
 * Two processes on one state folder would both deliver everything, so the first one holds a lock.
 * It is the operating system's lock on a file, taken through SQLite because Node has no call for it: it ends with the
 * process, also after `kill -9`, where a file with a process id in it would stay, and could name a new process.
 * @returns `taken` with the id of the process that holds it, or the word unknown; `unusable` where the folder can't
 * be written.
 */
export function lockState(dir: string): Lock {
  const pidFile = join(dir, 'lock.pid')
  let db: DatabaseSync | undefined
  try {
    makeFolder(dir)
    db = new DatabaseSync(join(dir, 'lock.db'))
    db.exec('BEGIN EXCLUSIVE')
    writeFileSync(pidFile, String(process.pid))
  } catch (error) {
    db?.close()
    if (errcodeOf(error) === SQLITE_BUSY) return { kind: 'taken', pid: readPid(pidFile) }
    return { kind: 'unusable', why: error instanceof Error ? error.message : String(error) }
  }
  const held = db
  return {
    kind: 'locked',
    release: () => {
      rmSync(pidFile, { force: true })
      held.close()
    },
  }
}

/** Not Node's recursive one, which never ends where a folder exists that takes no new ones, as in /proc. */
function makeFolder(dir: string): void {
  if (existsSync(dir)) return
  makeFolder(dirname(dir))
  try {
    mkdirSync(dir)
  } catch (error) {
    // Another start may have made it in this moment.
    if (!existsSync(dir)) throw error
  }
}

/** SQLite's result code where another connection holds the lock (https://sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5

const errcodeOf = (error: unknown) =>
  error instanceof Error && 'errcode' in error ? error.errcode : undefined

function readPid(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return 'unknown'
  }
}
