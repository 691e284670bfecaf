import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { main } from '../../bin/simulate/main.ts'

/** docs/scale.md must say the same about an outage as the simulation. */

const page = readFileSync('docs/scale.md', 'utf8')
const [, section = ''] = page.split('## An outage of an hour at a billion rows a day')
const { bridge } = JSON.parse(readFileSync('cdk.json', 'utf8')).context

/** In milliseconds. A billion rows a day take long to simulate. */
const A_MINUTE_OR_TWO = 120_000

function simulate(options: string): string {
  const lines: string[] = []
  main({
    argv: options.split(' '),
    bridge,
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
  })
  return lines.join('\n')
}

const [, typed = ''] = /^npm run simulate -- (.+)$/m.exec(section) ?? []
const settings = [...section.matchAll(/^\| `(--[^`]+)` \| \d+ \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, options = '', profiles = '', events = '']) => ({ options, profiles, events }),
)

test('the page has a command, and settings to compare', () => {
  expect(typed).toBe('--lanes 64 --profiles 40,350 --events 60,550')
  expect(settings.map(({ options }) => options)).toHaveLength(4)
})

test('the table over time, and what is said of it', { timeout: A_MINUTE_OR_TWO }, () => {
  const report = simulate(typed)
  const [table = ''] = report.split('\n\n')
  expect(section).toContain(`\n\n${table}\n\n`)
  const [row] = settings.filter(({ options }) => options === typed)
  expect(report).toContain(`profiles: drained ${row?.profiles} after the outage.`)
  expect(report).toContain(`events: drained ${row?.events} after the outage.`)
  expect(report).toContain('10,551 in vain')
  expect(report).toContain('at most 34 of 1,000 receives, and 600 of 120,000 messages in flight')
  expect(report).toContain('events: for 40 s some workers stood idle')
})

test.each(settings.filter(({ options }) => options !== typed))(
  'with $options profiles drain in $profiles and events in $events',
  { timeout: A_MINUTE_OR_TWO },
  ({ options, profiles, events }) => {
    const report = simulate(options)
    expect(report).toContain(`profiles: drained ${profiles} after the outage.`)
    expect(report).toContain(`events: drained ${events} after the outage.`)
  },
)

test('idle workers send events in more requests than they would need', { timeout: A_MINUTE_OR_TWO }, () => {
  const report = simulate(`${typed} --rows-per-day 1e8 --event-share 1 --outage 1m --watch 10m`)
  expect(section).toContain('`--rows-per-day 1e8 --event-share 1` behind the command above 456 a second')
  expect(report).toMatch(/^\| 0 \|.* \| 456 \| 0\.2 s \| 0\.3 s \|$/m)
})

test('prod as it is never drains', { timeout: A_MINUTE_OR_TWO }, () => {
  const report = simulate('--watch 2h')
  expect(report).toContain('profiles: NEVER DRAINS')
  expect(report).toContain('events: NEVER DRAINS')
})
