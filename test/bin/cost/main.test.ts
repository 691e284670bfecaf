import { expect, test } from 'vitest'
import { main } from '../../../bin/cost/main.ts'
import { createTestIo } from '../../test-io.ts'

async function run(...argv: string[]) {
  const { io, out, errors } = createTestIo(argv)
  const code = await main(io)
  return { code, out: out.join('\n'), wrong: errors.join('\n') }
}

test('without options: a hundred million rows a month, 5,000 a request', async () => {
  const { code, out, wrong } = await run()
  expect([code, wrong]).toEqual([0, ''])
  expect(out).toMatch(/^100,000,000 rows a month: bulk, 5,000 rows a request$/m)
  expect(out).toMatch(/^\| US dollars +\| a million rows \| +a month \|$/m)
  expect(out).toMatch(/^Saturated first: requestsPerSecond of profiles at /m)
})

test.each([
  [['--single', '10']],
  [['--stream', '--rows', '30e9']],
  [['--per-request', '500', '--braze-latency', '250', '--memory', '1024']],
  [['--tables']],
  [['--help']],
])('%j is understood', async (argv) => {
  expect(await run(...argv)).toMatchObject({ code: 0, wrong: '' })
})

test.each([
  ['--single 10', '25,920,000 rows a month: single events, 10 a second'],
  ['--single 1000', '2,592,000,000 rows a month: single events, 1,000 a second'],
  ['--stream', '30,000,000,000 rows a month: 1 B a day, 5,000 rows a request'],
])('%s comes to so many in a month without a pause, which come through', async (line, title) => {
  const { out } = await run(...line.split(' '))
  expect(out).toContain(title)
  expect(out).not.toContain('MORE THAN COMES THROUGH')
})

test('it says with which settings, and where they are too low for as many rows', async () => {
  expect((await run()).out).toContain(
    'Settings: lanes 16; profiles: concurrency 8, requestsPerSecond 40; events: concurrency 4, requestsPerSecond 20; throttle: requestsPerSecond 100.',
  )
  expect((await run()).out).toMatch(/^Needed on average: 38\.6 rows a second\.$/m)
  expect((await run('--rows', '1e12')).out).toMatch(
    /^Needed on average: 385,802 rows a second, which is MORE THAN COMES THROUGH with these settings\./m,
  )
})

test('a few rows cost less than anybody counts', async () => {
  const { out } = await run('--rows', '1')
  expect(out).toContain('| < $0.000001 |')
  expect(out).toContain('less than 0.01 rows a second')
  expect(out).not.toMatch(/\de-\d/)
})

test('traces are told of where they are asked for', async () => {
  expect((await run()).out).not.toContain('tracing')
  expect((await run('--tracing')).out).toMatch(/^\| tracing \(X-Ray\) +\| +\$0\.00253 \| +\$0\.253 \|$/m)
})

test('a slower Braze costs more', async () => {
  const allOf = (out: string) => Number(/^\| all +\| +\| +\$([\d.]+)/m.exec(out)?.[1])
  expect(allOf((await run('--braze-latency', '400')).out)).toBeGreaterThan(allOf((await run()).out))
})

test.each([
  ...['many', '', '1e30', '1.5', '0x10', '1,000'].map((rows): [string[], string] => [
    ['--rows', rows],
    '--rows is a whole number from 0 to 1e12, as 250000 or 1e9.',
  ]),
  [['--per-request', '2000'], '--per-request is one of those that were measured: 100, 500, 5000, 30000.'],
  [['--per-request', ''], '--per-request is one of those that were measured: 100, 500, 5000, 30000.'],
  [['--single', '7'], '--single is one of those that were measured: 10, 100, 1000.'],
  [['--tables', '--rows', '1e9'], '--tables takes no other option'],
  [['--tables', '--tracing'], '--tables takes no other option'],
  [['--single', '10', '--stream'], 'Choose one of --per-request, --single and --stream.'],
  [['--memory', '64'], '--memory is 128 to 10240 MB.'],
  [['--braze-latency', '0'], '--braze-latency is 1 to 8000 milliseconds.'],
  [['--row', '1'], "Unknown option '--row'"],
  [['1e9'], "Unexpected argument '1e9'"],
])('%j is wrong, and said so', async (argv, problem) => {
  const { code, out, wrong } = await run(...argv)
  expect([code, out]).toEqual([2, ''])
  expect(wrong).toContain(problem)
  expect(wrong).toContain('npm run cost -- --help')
})
