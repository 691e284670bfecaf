import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { SCALE, simulateOutage } from '../../bin/proof/outage.ts'
import {
  COURSE_HEAD,
  courseRows,
  FASTEST,
  SCENARIOS,
  SETTINGS_HEAD,
  SHOWN,
  settingsCells,
  settingsRow,
} from '../../bin/proof/outage-tables.ts'
import { readSettings } from '../../lib/settings.ts'
import { merged } from '../../lib/stages.ts'
import { LONG } from '../long.ts'

/** docs/scale.md must say the same about an outage as the real receiver and worker in virtual time. */

const page = readFileSync('docs/scale.md', 'utf8')
const [, section = ''] = page.split('## An outage of an hour at a billion rows a day')
const tables = section.split('\n\n').filter((paragraph) => paragraph.startsWith('| '))
const [course = '', settings = ''] = tables
const { bridge } = JSON.parse(readFileSync('cdk.json', 'utf8')).context

const AN_HOUR_MS = 3_600_000

test('the page has both tables, a row of settings for each scenario, and the scale', () => {
  expect(course.split('\n').slice(0, 2)).toEqual(COURSE_HEAD)
  expect(settings.split('\n').slice(0, 2)).toEqual(SETTINGS_HEAD)
  expect(settings.split('\n')).toHaveLength(8)
  expect(SCENARIOS).toHaveLength(6)
  expect(section).toContain('a fortieth')
  expect(SCALE).toBe(40)
})

test('cdk.json may have each of the settings', () => {
  for (const { fleet } of SCENARIOS)
    expect(readSettings(merged(bridge, { prod: fleet }), 'prod')).not.toHaveProperty('problems')
})

const compared = LONG ? SCENARIOS : [FASTEST]
const named = compared.map((scenario) => [settingsCells(scenario).join(' | '), scenario] as const)

test.each(named)('%s: the page says what happens', { timeout: AN_HOUR_MS }, async (_, scenario) => {
  const result = await simulateOutage(scenario)
  expect(settings.split('\n')).toContain(settingsRow(scenario, result))
  expect(result.deadLetters).toBe(0)
  expect(result.mostReceives).toBeLessThanOrEqual(35)
  if (scenario === SHOWN) expect(course.split('\n')).toEqual([...COURSE_HEAD, ...courseRows(result)])
})
