import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { main } from '../../../bin/simulate/main.ts'

const { bridge } = JSON.parse(readFileSync('cdk.json', 'utf8')).context

function simulate(line: string) {
  const [output, errors]: [string[], string[]] = [[], []]
  const exitCode = main({
    argv: line.split(' '),
    bridge,
    out: (text) => output.push(text),
    error: (text) => errors.push(text),
  })
  return { exitCode, output: output.join('\n'), errors: errors.join('\n') }
}

/** Two rows a second are few enough for a quick simulation. */
const FEW = '--rows-per-day 2e5 --outage 20m --step 5m'

test('the same seed gives the same figures, another one others', () => {
  const [first, second, other] = [simulate(FEW), simulate(FEW), simulate(`${FEW} --seed 2`)]
  expect(first.exitCode).toBe(0)
  expect(first.output).toContain('events: drained')
  expect(second).toEqual(first)
  expect(other.output).not.toBe(first.output)
})

test('each line of the table is told as soon as it is known', () => {
  const lines: string[] = []
  const stopped = new Error('enough')
  const argv = FEW.split(' ')
  const out = (line: string) => {
    if (line.startsWith('| 5 |')) throw stopped
    lines.push(line)
  }
  expect(() => main({ argv, bridge, out, error: () => {} })).toThrow(stopped)
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['minute', '---', '-5', '0'])
})

describe('says that it never drains, and ends with 1,', () => {
  test('where the contract of Braze allows less than what comes in', () => {
    const { exitCode, output } = simulate('--rows-per-day 1e8 --event-share 0 --outage 10m --braze-limit 5')
    expect(exitCode).toBe(1)
    expect(output).toContain('profiles: NEVER DRAINS')
    expect(output).toContain('events: drained')
  })

  test('where the share of a queue is less than what comes in', () => {
    const { exitCode, output } = simulate('--rows-per-day 1e7 --event-share 1 --outage 10m --events 2,7')
    expect(exitCode).toBe(1)
    expect(output).toContain('events: NEVER DRAINS')
  })
})

test.each([
  ['9d', 'GIVEN UP: SQS moves what was received 1,000 times'],
  ['15d', 'LOST: messages stood longer than the 14 days'],
])('an outage of %s is longer than SQS bears: it says so, and ends with 1', (outage, words) => {
  const { exitCode, output } = simulate(`--rows-per-day 1e4 --outage ${outage} --step 1d --watch 1d`)
  expect(exitCode).toBe(1)
  expect(output).toContain(words)
})

test('over a weekend nothing is lost', () => {
  const { exitCode, output } = simulate('--rows-per-day 1e4 --outage 3d --step 12h --watch 1d')
  expect(exitCode).toBe(0)
  expect(output).toContain('Nothing was lost or parked')
})

test('--help shows the options', () => {
  expect(simulate('--help')).toMatchObject({ exitCode: 0, output: expect.stringContaining('--outage-kind') })
})

test.each([
  ['--outage 5', '--outage is a number with m, h or d behind it'],
  ['--outage-kind slow', '--outage-kind is 503 or timeout.'],
  ['--rows-per-day -1', '--rows-per-day lacks its value'],
  ['--rows-per-day many', '--rows-per-day is a number from 1 to'],
  ['--event-share 2', '--event-share is a number from 0 to 1.'],
  ['--seed 1.5', '--seed is a whole number'],
  ['--profiles 8', '--profiles is concurrency and requests a second'],
  ['--watch 0m', '--watch is a number with m, h or d behind it, more than 0'],
  ['--profiles 0,0', '--profiles is concurrency and requests a second'],
  ['--lanes 4', 'lower concurrency or raise lanes. npm run simulate -- --help shows what there is.'],
  ['--lanes 4', "8 invocations can't share 4 lanes"],
  ['--events 10,10', 'one invocation would take 150 s for 150 requests'],
  ['--stage nowhere', 'no stage "nowhere" in cdk.json'],
  ['--fast', "Unknown option '--fast'"],
  ['now', 'Unexpected argument'],
])('%s: a short message, and 2', (line, problem) => {
  const { exitCode, output, errors } = simulate(line)
  expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' })
  expect(errors).toContain(problem)
})
