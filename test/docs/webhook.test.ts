import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HEADERS, LISTS, OPERATIONS } from '../../functions/receiver/aliases.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { STANDARD_FIELDS } from '../../functions/shared/standard-fields.ts'
import { discard, type RunningBridge, startBridge } from '../end-to-end/bridge.ts'

/** All examples on the pages for people who set up senders must work as they are written. */

const page = (name: string) => readFileSync(`docs/${name}.md`, 'utf8')

/** The code blocks in these languages, each with the heading above it. */
function examples(text: string, languages: string): { heading: string; language: string; body: string }[] {
  const found: { heading: string; language: string; body: string }[] = []
  for (const section of text.split(/^## /m).slice(1)) {
    const [heading = ''] = section.split('\n', 1)
    for (const [, language = '', body = ''] of section.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm))
      if (languages.split(' ').includes(language)) found.push({ heading, language, body })
  }
  return found
}

const BODIES = examples(page('webhook'), 'json csv')

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
})
afterAll(() => discard(bridge))

test('the page for senders has an example of each kind', () => {
  expect(BODIES.map(({ heading, language }) => `${heading}: ${language}`)).toEqual([
    'Bodies: json',
    'Bodies: csv',
    "Braze's own shape: json",
  ])
})

test.each(BODIES)('$heading, as $language: the example is taken whole', async ({ heading, body }) => {
  const isBraze = heading.startsWith('Braze')
  const { status, json } = await bridge.post(isBraze ? '/users/track' : '/v1/activations', body)
  expect({ status, errors: json.errors ?? [] }).toEqual({ status: isBraze ? 201 : 200, errors: [] })
})

test.each([...page('webhook').matchAll(/`\?([\w=&]+)`/g)].flatMap(([, query]) => query ?? []))(
  'the URL parameters %s are understood',
  async (query) => {
    const { status, json } = await bridge.post(`/v1/activations?${query}`, '{"external_id":"fixture-u1"}')
    expect({ status, json }).toMatchObject({ status: 200, json: { accepted: 1 } })
    expect(json).not.toHaveProperty('ignoredFields')
  },
)

test('the page names every standard field of Braze, and no other', () => {
  const [, section = ''] = page('webhook').split("\n## Braze's standard fields\n")
  const [table = ''] = section.split('\n## ')
  const named = [...table.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, name]) => name ?? []),
  )
  expect(new Set(named)).toEqual(STANDARD_FIELDS)
})

test('the form is taken whole', async () => {
  const [, form = ''] = /\*\*Form\*\* \(`([^`]+)`\)/.exec(page('webhook')) ?? []
  const { status, json } = await bridge.post('/v1/activations', form)
  expect({ status, json }).toMatchObject({ status: 200, json: { accepted: 1 } })
})

test.each(examples(`## start\n${page('connections')}`, 'json'))(
  'the settings under "$heading" of the page on connections are right',
  ({ body }) => {
    const settings = JSON.parse(`{${body}}`)
    expect(() => Connections.parse(settings.connections ?? settings)).not.toThrow()
  },
)

test('every setting of a connection stands on the page', () => {
  const text = page('connections')
  const names = Object.keys(Connections.parse({}).default).concat(
    'allowedIps',
    'stripIdPrefix',
    'emptyCells',
    'attributePrefix',
    'attributes',
  )
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

test('the page names every header and word under which the bridge knows a column, and no other', () => {
  const table = new Map(
    [...page('webhook').matchAll(/^\| ([\w ]+) \| (.*) \|$/gm)].map(([, meaning = '', cell = '']) => [
      meaning,
      [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => code.split(', ')),
    ]),
  )
  const { 'external id': externalId, 'braze id': brazeId, ...headers } = HEADERS
  expect(table.get('person')).toEqual([...externalId, ...brazeId])
  expect(table.get('audience')).toEqual(headers.audience)
  expect(table.get('split')?.slice(0, headers.split.length)).toEqual(headers.split)
  expect(table.get('run')).toEqual(headers.run)
  expect(table.get('time')).toEqual([...headers.exported, ...headers.time])
  expect(table.get('operation')).toEqual([...headers.op, ...Object.values(OPERATIONS).flat()])
  expect(table.get('event')).toEqual([
    ...headers['event name'],
    '/v1/events',
    ...headers.name,
    ...headers.properties,
    ...headers['event id'],
  ])
  expect(page('webhook')).toContain(`a list under one of \`${LISTS.join(', ')}\``)
})
