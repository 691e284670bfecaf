import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { cdkContext } from './synthesise.ts'

const folder = mkdtempSync(join(tmpdir(), 'fixture-assets-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Bundling functions takes seconds, and a busy machine may need many times that. */
const WITHIN_MS = 300_000

/** Synthesizes as the CDK does, on a machine where new files are private. */
function synthesizePrivately(): void {
  execFileSync('sh', ['-c', 'umask 077 && exec "$0" bin/run.js app', process.execPath], {
    env: { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(cdkContext()) },
    stdio: 'ignore',
  })
}

// Lambda starts a function as another user, and the files keep their modes on the way there.
test('everyone may read every file of an asset, whatever the umask', { timeout: WITHIN_MS }, () => {
  synthesizePrivately()
  const assets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.startsWith('asset.'),
  )
  const files = assets.filter((path) => path.includes('/'))
  expect(files.map((path) => path.slice(path.indexOf('/') + 1)).toSorted()).toEqual([
    'connections.json',
    'index.mjs',
    'index.mjs',
  ])
  for (const path of assets) {
    const { mode } = statSync(join(folder, path))
    expect({ path, mode: (mode & 0o444).toString(8) }).toEqual({ path, mode: '444' })
  }
})
