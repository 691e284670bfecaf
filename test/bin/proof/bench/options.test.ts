import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { BENCH_HELP, checkWritable, readBenchOptions } from '../../../../bin/proof/bench/options.ts'

test('without options: every section, with the inputs of docs/performance.md', () => {
  const read = readBenchOptions([])
  expect(read).toMatchObject({
    kind: 'options',
    options: { short: false, seed: 20_261_125, json: 'bench.json' },
  })
  expect(read.kind === 'options' && read.options.chosen).toEqual([
    'cpu',
    'requests',
    'lanes',
    'trickle',
    'usage',
    'faults',
    'growth',
    'receiver',
    'end-to-end',
    'cold-start',
  ])
})

test('all of them can be said', () => {
  const argv = ['--only', 'lanes, cpu', '--short', '--seed', '7', '--json', 'figures.json']
  expect(readBenchOptions(argv)).toEqual({
    kind: 'options',
    options: { chosen: ['cpu', 'lanes'], short: true, seed: 7, json: 'figures.json' },
  })
})

test('--help tells of each option and section', () => {
  expect(readBenchOptions(['--help'])).toEqual({ kind: 'help' })
  expect(BENCH_HELP).toContain('--seed <n>')
  expect(BENCH_HELP).toContain('  cold-start   Start of the functions\n')
})

test.each([
  [['--only', 'start'], 'and not "start".'],
  [['--only', 'cpu,,x'], 'and not "", "x".'],
  [['--only', ''], 'and not "".'],
  [['--only', 'toString'], 'and not "toString".'],
  [['--only'], "Option '--only <value>' argument missing."],
  [['--seed', 'abc'], '--seed is a whole number from 0 to 2147483648.'],
  [['--seed', ''], '--seed is a whole number from 0 to 2147483648.'],
  [['--seed', '1e30'], '--seed is a whole number from 0 to 2147483648.'],
  [['--seed', '9999999999'], '--seed is a whole number from 0 to 2147483648.'],
  [['--json', ''], '--json is the name of a file.'],
  [['--fast'], "Unknown option '--fast'."],
  [['cpu'], "Unexpected argument 'cpu'."],
])('%j is wrong, and said so', (argv, problem) => {
  expect(readBenchOptions(argv)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) })
})

test('a file that can be written keeps what it holds; one that can’t is told of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'bench.json')
  writeFileSync(file, 'measured before')
  expect(checkWritable(file)).toBeUndefined()
  expect(readFileSync(file, 'utf8')).toBe('measured before')
  expect(checkWritable(join(folder, 'none', 'bench.json'))).toMatch(/can't be written: ENOENT.*\.$/)
  expect(checkWritable(folder)).toContain("can't be written: EISDIR")
})
