import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makePrivateFolder } from './private-folder.ts'

type Lock =
  | { kind: 'locked'; release: () => void }
  | { kind: 'taken'; pid: string }
  | { kind: 'unusable'; why: string }

/** Every state folder has this file from its first start on. */
export const LOCK_FILE = 'lock.db'

/**
 * Locks the state folder, because two processes on one folder would both deliver everything. The lock is the
 * operating system's file lock, taken through SQLite because Node has no API for it. It ends with the
 * process, even after `kill -9`. A file with a process id would remain, and the id could by then belong to
 * another process. Keep a reference to the result: garbage collection of the lock releases it.
 * @returns `taken` with the id of the process that holds the lock, or "unknown"; `unusable` if the folder
 * cannot be written.
 */
export function lockState(dir: string): Lock {
  const pidFile = join(dir, 'lock.pid')
  let db: DatabaseSync | undefined
  try {
    makePrivateFolder(dir)
    db = new DatabaseSync(join(dir, LOCK_FILE))
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

/** SQLite's result code if another connection holds the lock (https://sqlite.org/rescode.html#busy). */
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
