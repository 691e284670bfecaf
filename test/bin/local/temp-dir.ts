import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Creates a folder for the running test. It is deleted when the test has finished. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bridge-test-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
