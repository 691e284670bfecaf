import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { readSettings, Settings } from '../../lib/settings.ts'

/** docs/settings.md must name every setting, and its values in cdk.json. */

const rows = [
  ...readFileSync('docs/settings.md', 'utf8').matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|/gm),
].map(([, name = '', dev = '', prod = '']) => ({ name, dev: dev.trim(), prod: prod.trim() }))

const { bridge } = JSON.parse(readFileSync('cdk.json', 'utf8')).context

type Schema = { properties?: Record<string, Schema> }

/** Dotted names of all settings that contain no other settings. Connections are described on another page. */
function namesIn({ properties }: Schema, path = ''): string[] {
  if (!properties || path === 'connections.') return [path.slice(0, -1)]
  return Object.entries(properties).flatMap(([name, inner]) => namesIn(inner, `${path}${name}.`))
}

test('every setting stands on the page once', () => {
  const known = namesIn(z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' }) as Schema)
  expect(known).toContain('domain.hostedZone.id')
  expect(rows).toHaveLength(known.length)
  expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(known))
})

test.each(['dev', 'prod'] as const)('the page says what %s has', (stage) => {
  const read = readSettings(bridge, stage)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  for (const row of rows.filter(({ name }) => name !== 'connections')) {
    const value = row.name
      .split('.')
      .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], read.settings)
    expect(`${row.name}: ${row[stage].replaceAll('`', '')}`).toBe(`${row.name}: ${value ?? '–'}`)
  }
})
