import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../cli/owner-only.ts'

/**
 * Makes a folder that only its owner can use, and the folders above it that are missing. Node's recursive
 * `mkdirSync` never returns below an existing folder that accepts no new ones, such as /proc.
 */
export function makePrivateFolder(dir: string): void {
  if (existsSync(dir)) return
  makePrivateFolder(dirname(dir))
  try {
    mkdirSync(dir, { mode: OWNER_ONLY_FOLDER })
  } catch (error) {
    // Another start may have created it at the same moment.
    if (!existsSync(dir)) throw error
  }
}

/**
 * Removes the rights of all users but the owner to a folder and to everything in it. Links are left alone, because
 * their targets may belong to others.
 * @throws if the folder or something in it belongs to another user.
 */
export function closeToOthers(dir: string): void {
  chmodSync(dir, OWNER_ONLY_FOLDER)
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) closeToOthers(path)
    else if (entry.isFile()) chmodSync(path, OWNER_ONLY_FILE)
  }
}

/** Whether a folder has content but is not a state folder, which always has a file of this name. */
export const holdsSomethingElse = (dir: string, file: string) =>
  statSync(dir, { throwIfNoEntry: false })?.isDirectory() === true &&
  !existsSync(join(dir, file)) &&
  readdirSync(dir).length > 0
