import { expect, test } from 'vitest'
import { main } from '../../../bin/ops/main.ts'

const run = async (...argv: string[]) => {
  const out: string[] = []
  const complaints: string[] = []
  const code = await main({
    argv,
    env: {},
    out: (line) => out.push(line),
    complain: (line) => complaints.push(line),
    stop: new AbortController().signal,
  })
  return { code, out: out.join('\n'), complaints: complaints.join('\n') }
}

test.each([[[]], [['--help']], [['help']]])('%j lists the commands', async (argv) => {
  const { code, out } = await run(...argv)
  expect([code, out]).toEqual([0, expect.stringContaining('redrive    shows the dead letters')])
})

test('redrive --help names every option', async () => {
  const { code, out } = await run('redrive', '--help')
  expect(code).toBe(0)
  for (const option of [
    '--stage',
    '--local',
    '--state-dir',
    '--queue',
    '--code',
    '--connection',
    '--max-age',
  ])
    expect(out).toContain(`  ${option} `)
  for (const option of ['--include-stale', '--include-doubtful', '--show', '--yes'])
    expect(out).toContain(`  ${option} `)
})

test.each([
  [['redirve'], 'no command redirve'],
  [['redrive', '--stael'], '--stael'],
  [['redrive', '--queue', 'letters'], '--queue is profiles or events'],
  [['redrive', '--max-age', '24'], '--max-age is a number'],
  [['redrive', '--local', '--stage', 'prod'], 'exclude each other'],
  [['redrive', '--state-dir', 'x'], 'belongs to --local'],
  [['redrive', 'extra'], 'extra'],
])('%j is a wrong command line', async (argv, told) => {
  const { code, out, complaints } = await run(...argv)
  expect([code, out, complaints]).toEqual([2, '', expect.stringContaining(told)])
})

test('a stage that cdk.json doesn’t have is named', async () => {
  const { code, complaints } = await run('redrive', '--stage', 'nowhere')
  expect([code, complaints]).toEqual([1, expect.stringContaining('no stage "nowhere"')])
})
