import { expect, test } from 'vitest'
import { main } from '../../../bin/cost/main.ts'
import measured from '../../../bin/cost/measured.json' with { type: 'json' }

function run(...argv: string[]) {
  const out: string[] = []
  const wrong: string[] = []
  const code = main({ argv, measured, out: (line) => out.push(line), complain: (line) => wrong.push(line) })
  return { code, out: out.join('\n'), wrong: wrong.join('\n') }
}

test('without options: a hundred million rows a month, 5,000 a request', () => {
  const { code, out, wrong } = run()
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
])('%j is understood', (argv) => {
  expect(run(...argv)).toMatchObject({ code: 0, wrong: '' })
})

test('traces are told of where they are asked for', () => {
  expect(run().out).not.toContain('tracing')
  expect(run('--tracing').out).toMatch(/^\| tracing \(X-Ray\) +\| +\$0\.00253 \| +\$0\.253 \|$/m)
})

test('a slower Braze costs more', () => {
  const allOf = (out: string) => Number(/^\| all +\| +\| +\$([\d.]+)/m.exec(out)?.[1])
  expect(allOf(run('--braze-latency', '400').out)).toBeGreaterThan(allOf(run().out))
})

test.each([
  [['--rows', 'many'], '--rows is a number: 1e9, 250000.'],
  [['--rows', ''], '--rows is a number: 1e9, 250000.'],
  [['--per-request', '2000'], '2000 was not measured: 100, 500, 5000, 30000 were.'],
  [['--single', '7'], '7 was not measured: 10, 100, 1000 were.'],
  [['--single', '10', '--stream'], 'Choose one of --per-request, --single and --stream.'],
  [['--memory', '64'], '--memory is 128 to 10240 MB.'],
  [['--braze-latency', '0'], '--braze-latency is 1 to 8000 milliseconds.'],
  [['--row', '1'], "Unknown option '--row'"],
  [['1e9'], "Unexpected argument '1e9'"],
])('%j is wrong, and said so', (argv, problem) => {
  const { code, out, wrong } = run(...argv)
  expect([code, out]).toEqual([2, ''])
  expect(wrong).toContain(problem)
  expect(wrong).toContain('npm run cost -- --help')
})
