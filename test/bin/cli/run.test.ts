import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

/** What happens at the borders of the process, with `node bin/run.js` as npm starts it. */

const ENTRY = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
const ENV = { PATH: process.env.PATH }

async function run(argv: readonly string[], nodeArguments: readonly string[] = [], env = {}) {
  const child = spawn(process.execPath, [...nodeArguments, ENTRY, ...argv], { env: { ...ENV, ...env } })
  const [out, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ])
  return { code, out, errors }
}

/** Code for `node --import`, which runs it before the program. */
const before = (code: string) => `--import=data:text/javascript,${encodeURIComponent(code)}`

test('a Node that is too old is told which one is needed', async () => {
  const old = before(`Object.defineProperty(process, 'versions', { value: { node: '20.20.2' } })`)
  expect(await run(['ops', '--help'], [old])).toEqual({
    code: 1,
    out: '',
    errors:
      'Node 24 is needed, and this is 20.20.2. npm ci installs Node 24 for the commands of npm run, unless install scripts or optional packages are turned off.\n',
  })
})

test('a program that does not exist is named, with those that do', async () => {
  const { code, out, errors } = await run(['opps'])
  expect([code, out]).toEqual([2, ''])
  expect(errors).toBe(
    'There is no program opps. Known programs: app, bench, cost, deploy, openapi, ops, schema, start.\n',
  )
})

test('no code is run from the folder for temporary files, where others can leave code', async () => {
  const TMPDIR = mkdtempSync(join(tmpdir(), 'bridge-run-'))
  onTestFinished(() => rmSync(TMPDIR, { recursive: true }))
  expect((await run(['ops', '--help'], [], { TMPDIR })).code).toBe(0)
  expect(readdirSync(TMPDIR)).toEqual([])
})

test('a closed pipe ends a command quietly', async () => {
  const child = spawn(process.execPath, [ENTRY, 'ops', '--help'], { env: ENV })
  child.stdout.destroy()
  const [errors, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect({ code, signal, errors }).toEqual({ code: 0, signal: null, errors: '' })
})

const LIST_LOADED = before(`
  import { registerHooks } from 'node:module'
  registerHooks({ load: (url, context, next) => (process._rawDebug(url), next(url, context)) })
`)

/** What `--help` needs: the command line itself, and plain constants. */
const LIGHT =
  /\/(bin\/|functions\/(receiver|shared)\/limits\.ts|lib\/routes\.ts|node_modules\/(commander|@commander-js|leven)\/)|^node:/

test.each([
  'ops',
  'ops check',
  'ops explain',
  'ops captures',
  'ops send',
  'ops status',
  'ops verify',
  'ops pause',
  'ops resume',
  'ops dead-letters',
  'ops redrive',
  'ops rotate inbound',
  'ops rotate braze',
  'start',
  'cost',
  'deploy',
  'bench',
  'openapi',
  'schema',
])('%s --help loads no code of a command and no SDK', async (words) => {
  const { code, out, errors } = await run([...words.split(' '), '--help'], [LIST_LOADED])
  const loaded = errors.trim().split('\n')
  expect(code).toBe(0)
  expect(out).toMatch(/^Usage: npm /)
  expect(loaded.filter((url) => !LIGHT.test(url))).toEqual([])
  expect(loaded.length).toBeGreaterThan(10)
})
