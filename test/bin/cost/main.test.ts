import { expect, test } from 'vitest'
import { main } from '../../../bin/cost/main.ts'
import { createTestIo } from '../../test-io.ts'

async function run(line = '') {
  const { io, out, errors } = createTestIo(line.split(' ').filter(Boolean))
  const code = await main(io)
  return { code, out: out.join('\n'), wrong: errors.join('\n') }
}

test('without options, it prints the bill of prod for a hundred million rows', async () => {
  const { code, out, wrong } = await run()
  expect([code, wrong]).toEqual([0, ''])
  expect(out).toMatchInlineSnapshot(`
    "100,000,000 rows a month, 5,000 in each request, with the settings of prod

    | US dollars      | a million rows | a month without rows | this month |
    | --------------- | -------------: | -------------------: | ---------: |
    | SQS             |       $0.00599 |               $0.648 |      $1.25 |
    | Lambda          |        $0.0198 |                    - |      $1.98 |
    | API Gateway     |      $0.000408 |                    - |    $0.0408 |
    | CloudWatch      |       $0.00732 |               $11.20 |     $11.93 |
    | Secrets Manager |              - |                $2.32 |      $2.32 |
    | Data transfer   |        $0.0105 |                    - |      $1.05 |
    | total           |        $0.0440 |               $14.17 |     $18.57 |

    Prices of us-east-1, looked up on 2026-11-28, without free tiers and discounts.
    This volume is 38.6 rows a second on average. prod can take 3,997 rows a second, limited by queues.profiles.requestsPerSecond."
  `)
})

test.each([
  [
    '--per-request 500 --rows 2.5e7',
    '25,000,000 rows a month, 500 in each request, with the settings of prod',
  ],
  ['--single 10', '25,920,000 rows a month, single events, with the settings of prod'],
  ['--stream', '30,000,000,000 rows a month, 5,000 in each request, evenly, with the settings of prod'],
  ['--stage dev', '100,000,000 rows a month, 5,000 in each request, with the settings of dev'],
  ['--single 10', '10 rows a second on average. prod can take 20.4 rows a second'],
  [
    '--single 1000',
    'it can take 100 rows a second, limited by throttle.requestsPerSecond. The webhook answers 429',
  ],
  [
    '--rows 1e12',
    'it can take 3,997 rows a second, limited by queues.profiles.requestsPerSecond. The other rows wait',
  ],
])('%s: %s', async (line, sentence) => {
  expect(await run(line)).toMatchObject({ code: 0, wrong: '', out: expect.stringContaining(sentence) })
})

test('--json prints the estimate in the shape that docs/scale.md documents', async () => {
  const { result, ...report } = JSON.parse((await run('--json --rows 1e6')).out)
  expect(report).toEqual({ command: 'cost', at: expect.stringMatching(/^\d{4}-.*Z$/), ok: true })
  const amounts = (perMillionRows: number, fixed: number, month: number) => ({
    perMillionRows: expect.closeTo(perMillionRows, 4),
    fixed: expect.closeTo(fixed),
    month: expect.closeTo(month),
  })
  expect(result).toEqual({
    rowsPerMonth: 1_000_000,
    arrival: '5,000 in each request',
    stage: 'prod',
    prices: { currency: 'USD', region: 'us-east-1', lookedUpOn: '2026-11-28' },
    services: expect.arrayContaining([{ service: 'CloudWatch', ...amounts(0.0073, 11.2, 11.21) }]),
    total: amounts(0.044, 14.17, 14.22),
    capacity: {
      neededRowsPerSecond: expect.closeTo(0.386, 3),
      isEnough: true,
      firstLimit: { name: 'queues.profiles.requestsPerSecond', rowsPerSecond: expect.closeTo(3997, 0) },
    },
  })
})

test('--help lists the options', async () => {
  const { code, out } = await run('--help')
  expect(code).toBe(0)
  const options = [
    '--version',
    '--rows',
    '--per-request',
    '--single',
    '--stream',
    '--stage',
    '--json',
    '-h, --help',
  ]
  expect(out.match(/^ {2}(-h, )?--[a-z-]+/gm)?.map((option) => option.trim())).toEqual(options)
})

test.each([
  ['--rows 1.5', 2, 'It must be a whole number from 0 to 1e12'],
  ['--rows 0x10', 2, 'It must be a whole number from 0 to 1e12'],
  ['--rows 1e13', 2, 'It must be a whole number from 0 to 1e12'],
  ['--per-request 2000', 2, 'It must be one of 100, 500, 5000, 30000.'],
  ['--single 7', 2, 'It must be one of 10, 100, 1000.'],
  ['--single 10 --stream', 2, "cannot be used with option '--stream'"],
  ['--singel 10', 2, 'Did you mean --single?'],
  ['--stage none', 1, 'no stage "none" in cdk.json'],
])('%s ends with %d: %s', async (line, code, problem) => {
  expect(await run(line)).toEqual({ code, out: '', wrong: expect.stringContaining(problem) })
})
