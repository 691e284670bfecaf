import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The rules on who imports what and who touches the world are alive: one run of the linter over deliberate breaches. */

const EDGE_ONLY = 'Only an edge file may import this'

const breaches: [folder: string, source: string, finding: string][] = [
  ['functions/receiver', `import { x } from '../worker/pack.ts'`, 'share by functions/shared only'],
  ['functions/worker', `import { x } from '../receiver/rows.ts'`, 'share by functions/shared only'],
  ['functions/worker', `import type { X } from '../receiver/rows.ts'`, 'share by functions/shared only'],
  ['functions/shared', `import { x } from '../receiver/rows.ts'`, 'knows none of its users'],
  ['functions/shared', `export { x } from '../worker/pack.ts'`, 'knows none of its users'],
  ['functions/receiver', `import { x } from '../../bin/local/lines.ts'`, 'builds, runs or tests it'],
  ['functions/worker', `import { x } from '../../lib/settings.ts'`, 'builds, runs or tests it'],
  ['functions/shared', `import { x } from '../../test/sensitive-fixtures.ts'`, 'builds, runs or tests it'],
  ['functions/receiver', `import * as z from 'zod'`, 'imports zod/mini'],
  ['functions/worker', `import type * as z from 'zod'`, 'imports zod/mini'],
  ['functions/exporter', `import * as z from 'zod'`, 'imports zod/mini'],
  ['functions/shared', `import * as z from 'zod'`, 'imports zod/mini'],
  ['functions/shared', `import { App } from 'aws-cdk-lib'`, 'Dependency aws-cdk-lib'],
  ['lib', `import { x } from '../functions/receiver/read/rows.ts'`, 'by its folder only'],
  ['lib', `import { laneOf } from '../functions/shared/message.ts'`, 'takes types and constants'],
  ['lib', `import { x } from '../bin/local/live-lines.ts'`, 'imports nothing of what runs'],
  ['lib', `export const x = process.env.X`, 'global variable process'],
  ['lib', `import process from 'node:process'`, 'Only bin/app.ts reads'],
  ['lib', `export const x = (app: App) => app.node.tryGetContext('x')`, 'tryGetContext'],
  ['functions/exporter', `import { x } from '../receiver/rows.ts'`, 'by functions/shared only'],
  ['functions/exporter', `export const x = fetch('http://127.0.0.1')`, 'use this global variable'],
  ['functions/worker', `import { SQSClient } from '@aws-sdk/client-sqs'`, EDGE_ONLY],
  ['functions/receiver', `import { Logger } from '@aws-lambda-powertools/logger'`, EDGE_ONLY],
  ['functions/receiver', `import { readFileSync } from 'node:fs'`, EDGE_ONLY],
  ['functions/receiver', `import { readFileSync } from 'fs'`, 'node:'],
  ['functions/shared', `import { env } from 'node:process'`, EDGE_ONLY],
  ['functions/worker', `import { setTimeout } from 'node:timers/promises'`, EDGE_ONLY],
  ['functions/worker', `export const x = await import('../shared/log.ts')`, 'Import at the top'],
  ['functions/worker', `export const x = fetch('http://127.0.0.1')`, 'use this global variable'],
  ['functions/worker', `export const { X } = process.env`, 'use this global variable'],
  ['functions/worker', `export const x = globalThis.process`, 'use this global variable'],
  ['functions/worker', `setTimeout(() => {}, 1)`, 'use this global variable'],
  ['functions/worker', `export const x = performance.now()`, 'use this global variable'],
  ['functions/worker', `export const x = Date.now()`, 'read the clock or draw at random'],
  ['functions/worker', `export const { now } = Date`, 'read the clock or draw at random'],
  ['functions/worker', `export const x = new Date()`, 'read the clock'],
  ['functions/worker', `export const x = new Date`, 'read the clock'],
  ['functions/worker', `export const x = Date()`, 'read the clock'],
  ['functions/worker', `export const x = Math.random()`, 'read the clock or draw at random'],
  ['functions/worker', `export const x = crypto.randomUUID()`, 'use this global variable'],
  ['functions/worker', `import { randomUUID } from 'node:crypto'`, 'make random values'],
  ['functions/worker', `import { randomUUID as id } from 'node:crypto'`, 'make random values'],
  ['functions/worker', `import * as crypto from 'node:crypto'`, 'Import by name'],
  ['functions/shared', `import { connect } from 'node:net'`, 'Of node:net only'],
  ['functions/shared', `import { createServer as BlockList } from 'node:net'`, 'Of node:net only'],
  ['functions/shared', `import net from 'node:net'`, 'Import by name'],
  ['bin/ops/redrive', `import { SQSClient } from '@aws-sdk/client-sqs'`, EDGE_ONLY],
  ['bin/ops/redrive', `export const x = Date.now()`, 'read the clock or draw at random'],
  ['bin/ops/redrive', `export const { X } = process.env`, 'use this global variable'],
]

const pure = `
  import { createHash } from 'node:crypto'
  import { gunzipSync } from 'node:zlib'
  import * as z from 'zod/mini'
  import { laneOf } from '../shared/lane.ts'
  export const x = [z.string(), new Date(0), Date.parse('2026'), Math.max(1, 2), createHash, gunzipSync, laneOf]
`
const effectful = `
  import { randomUUID } from 'node:crypto'
  import { readFile } from 'node:fs/promises'
  import { SQSClient } from '@aws-sdk/client-sqs'
  export const x = [randomUUID, readFile, SQSClient, Date.now(), new Date(), Math.random(), process.env.X, fetch]
`
const permitted: [file: string, source: string][] = [
  ['functions/receiver/rows.ts', pure],
  ['functions/worker/pack.ts', pure],
  ['functions/receiver/handler.ts', effectful],
  ['functions/worker/handler.ts', effectful],
  ['functions/shared/anything.edge.ts', effectful],
  ['functions/worker/settle/anything.edge.ts', effectful],
  ['bin/ops/redrive/command.ts', effectful],
  ['bin/ops/aws/find-stack.ts', effectful],
  ['bin/ops/local/find-run.ts', effectful],
  ['bin/ops/sqs.edge.ts', effectful],
  ['bin/ops/rotate/read-key.edge.ts', effectful],
  [
    'lib/functions.ts',
    `export { BRAZE_KEY_PLACEHOLDER, type InboundSecret } from '../functions/shared/secrets.ts'`,
  ],
]

/** The rules that are shown here; the deliberate breaches break others as well. */
const RULES =
  /plugin|noImportCycles|noRestricted|noJsRestricted|noUndeclaredDependencies|useNodejsImportProtocol/

/** Two files that import each other's types. */
const cycle: [file: string, source: string][] = [
  ['functions/shared/one.ts', `import type { Two } from './two.ts'\nexport type One = { two?: Two }`],
  ['functions/shared/two.ts', `import type { One } from './one.ts'\nexport type Two = { one?: One }`],
]

let folder = ''
let findings: { file: string; message: string }[] = []
const fileOf = (index: number, inFolder: string) => `${inFolder}/breach-${index}.ts`
const messagesOf = (file: string) =>
  findings.filter((finding) => finding.file === file).map(({ message }) => message)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lint-rules-'))
  await Promise.all(
    ['biome.json', 'effects.grit', 'package.json'].map((file) => cp(file, join(folder, file))),
  )
  const breachFiles = breaches.map(([inFolder, source], index) => [fileOf(index, inFolder), source] as const)
  for (const [file, source] of [...breachFiles, ...permitted, ...cycle]) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), source)
  }
  findings = await lint(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('refused', () => {
  test.each(breaches.map((breach, index) => [...breach, index] as const))(
    'in %s: %s',
    (inFolder, _, message, index) => {
      expect(messagesOf(fileOf(index, inFolder))).toContainEqual(expect.stringContaining(message))
    },
  )
})

test.each(cycle)('%s: an import cycle of types is refused', (file) => {
  expect(messagesOf(file)).toContainEqual(expect.stringContaining('cycle'))
})

describe('permitted', () => {
  test.each(permitted)('%s', (file) => {
    expect(messagesOf(file)).toEqual([])
  })
})

/** Runs Biome as `npm run lint` does; its GitHub format is one line a finding. */
async function lint(cwd: string) {
  const biome = resolve('node_modules/.bin/biome')
  const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github']
  const output = await new Promise<string>((done) => {
    execFile(biome, options, { cwd, maxBuffer: 10_000_000 }, (_, stdout, stderr) => done(stdout + stderr))
  })
  return [...output.matchAll(/^::error title=(.+?),file=(.+?),.*?::(.*)$/gm)].flatMap(
    ([, rule = '', file = '', message = '']) =>
      RULES.test(rule) ? [{ file: file.slice(file.indexOf(cwd) + cwd.length + 1), message }] : [],
  )
}
