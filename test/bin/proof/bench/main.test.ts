import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { main } from '../../../../bin/proof/bench/main.ts'
import { createTestIo } from '../../../test-io.ts'

async function bench(...argv: string[]) {
  const { io, out, errors } = createTestIo(argv)
  return { code: await main(io), out: out.join('\n'), errors: errors.join('\n') }
}

function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('--help lists the sections, in the order in which they run', async () => {
  const { code, out } = await bench('--help')
  expect(code).toBe(0)
  expect(out.match(/^ {2}[a-z-]+ +[A-Z]/gm)?.map((line) => line.trim().split(' ')[0])).toEqual([
    'cpu',
    'requests',
    'lanes',
    'audience',
    'batches',
    'trickle',
    'delay',
    'usage',
    'faults',
    'growth',
    'receiver',
    'end-to-end',
    'cold-start',
  ])
})

test.each([
  [['--only', 'request'], 'Did you mean requests?'],
  [['--only', 'cpu,,x'], "'cpu,,x' is invalid. It must be one of cpu, requests,"],
  [['--only', 'toString'], "'toString' is invalid. It must be one of cpu, requests,"],
  [['--seed', '1e30'], 'It must be a whole number from 0 to 2147483648.'],
  [['--json', ''], 'It must be the name of a file.'],
  [['--json', '.'], '. cannot be written: EISDIR'],
  [['--json', 'none/bench.json'], 'none/bench.json cannot be written: ENOENT'],
])('%j is a wrong command line', async (argv, problem) => {
  expect(await bench(...argv)).toEqual({ code: 2, out: '', errors: expect.stringContaining(problem) })
})

test('measures the chosen sections only, and writes the figures to the file', async () => {
  const file = join(tempFolder(), 'bench.json')
  writeFileSync(file, 'measured before')
  const { code, out } = await bench('--only', 'faults', '--short', '--seed', '7', '--json', file)
  expect([code, out.split('\n')[1]]).toEqual([0, 'Failures of Braze'])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    seed: 7,
    short: true,
    figures: expect.arrayContaining([expect.objectContaining({ section: 'faults' })]),
  })
})
