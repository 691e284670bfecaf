import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'

/** All tests share one bridge, so each has people of its own and counts only what it adds. */
let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
      shop: {
        authentication: [{ kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }],
        signedEndpoint: 'activations',
      },
      hook: { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'activations' },
    }),
  })
})
afterAll(() => discard(bridge))

/** The fields that these tests read, from all kinds of answers. */
type Answer = {
  status?: number
  done?: unknown
  body?: string
  person?: { events: { name: string }[] }
  totals?: Record<string, number>
  deadLetters?: { groups: { code: string }[] }
}

const ask = async (method: string, path: string, body?: unknown) => {
  const control = readAnnounced(bridge.stateDir)?.control
  const response = await fetch(new URL(path, control?.url), {
    method,
    headers: { authorization: `Bearer ${control?.token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const json: Answer = JSON.parse(await response.text())
  return { status: response.status, json }
}

/** Parks a row of each of these people by letting Braze reject them, and then removes the rejection. */
const park = async (...people: string[]) => {
  const rejected = people.map((id) => `external_id:${id}`)
  bridge.simulator.script([{ do: 'reject', rejected, times: 'always' }])
  await bridge.post(
    '/v1/activations',
    people.map((external_id) => ({ external_id, tier: 'fixture-tier-7731' })),
  )
  await bridge.queues.waitUntilQuiet()
  bridge.simulator.clearScript()
}

test('the page needs no token, loads nothing from elsewhere, and runs no script in data', async () => {
  const page = await fetch(new URL('/', bridge.windowUrl))
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('x-content-type-options')).toBe('nosniff')
  expect(page.headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  )
  const html = await page.text()
  for (const [, file = ''] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g))
    expect((await fetch(new URL(file, bridge.windowUrl))).status).toBe(200)
  expect((await fetch(new URL('/tsconfig.json', bridge.windowUrl))).status).toBe(401)
  expect((await fetch(new URL('/api/live', bridge.windowUrl))).status).toBe(401)
})

test.each(['default', 'shop', 'hook'])('a row for the connection %s is delivered', async (connection) => {
  const person = `fixture-of-${connection}`
  const { totals: before = {} } = (await ask('GET', '/api/live')).json
  const sent = await ask('POST', `/api/send?connection=${connection}&endpoint=activations`, [
    { external_id: person, tier: 'x' },
  ])
  expect(sent).toMatchObject({ status: 200, json: { status: 200 } })
  await bridge.queues.waitUntilQuiet()
  expect((await ask('GET', `/api/person?id=${person}`)).json).toMatchObject({
    person: { ids: { external_id: person }, attributes: { tier: 'x' }, events: [], eventsInAll: 0 },
  })
  const live = (await ask('GET', '/api/live')).json
  expect(live).toMatchObject({
    queues: { profiles: { waiting: 0, inFlight: 0, enabled: true } },
    brazeRequests: expect.arrayContaining([expect.objectContaining({ status: 201, profiles: 1 })]),
  })
  const added = Object.entries(live.totals ?? {}).map(([name, total]) => [name, total - (before[name] ?? 0)])
  expect(Object.fromEntries(added)).toEqual({ received: 1, accepted: 1, delivered: 1, parked: 0 })
})

test('the body of /users/track is accepted, and events are listed newest first', async () => {
  const events = ['first', 'second'].map((name, day) => ({
    external_id: 'fixture-with-events',
    name,
    time: `2026-01-0${day + 1}T00:00:00Z`,
  }))
  const sent = await ask('POST', '/api/send?connection=default&endpoint=users/track', { events })
  expect(sent.json.status).toBe(201)
  await bridge.queues.waitUntilQuiet()
  const { person } = (await ask('GET', '/api/person?id=fixture-with-events')).json
  expect(person?.events.map(({ name }) => name)).toEqual(['second', 'first'])
})

test('dead letters are redriven by code or one by one, after a preview', async () => {
  await park('fixture-u1', 'fixture-u2')
  const rejected = () => bridge.queues.deadLetters().filter(({ failure }) => failure?.code === CODE)
  const CODE = 'REJECTED_BY_BRAZE'
  const { deadLetters } = (await ask('GET', '/api/live')).json
  expect(deadLetters?.groups.find(({ code }) => code === CODE)).toMatchObject({ deadLetters: 2, size: 2 })
  expect((await ask('GET', `/api/dead-letters?code=${CODE}`)).json).toMatchObject([
    { queue: 'profiles', connection: 'default', size: 1 },
    { size: 1 },
  ])
  const [{ messageId: deadLetter } = { messageId: '' }] = rejected()
  const details = (await ask('GET', `/api/dead-letter?id=${deadLetter}`)).json
  expect(details.body).toContain(`"code": "${CODE}"`)

  const preview = await ask('POST', '/api/redrive', { deadLetter, yes: false })
  expect(preview.json).toEqual({
    command: `npm run ops -- redrive --local --state-dir ${bridge.stateDir} --letter ${deadLetter}`,
    goes: { deadLetters: 1, records: 1 },
    stays: [],
  })
  for (const yes of [false, true])
    expect(await ask('POST', '/api/redrive', { deadLetter: '--include-stale', yes })).toMatchObject({
      status: 200,
      json: { goes: { deadLetters: 0, records: 0 } },
    })
  expect(rejected().length).toBe(2)

  const one = await ask('POST', '/api/redrive', { deadLetter, yes: true })
  expect(one.json.done).toEqual({ records: 1, complete: true, begun: 0 })
  expect(rejected().length).toBe(1)
  const all = await ask('POST', '/api/redrive', { code: CODE, yes: true })
  expect(all.json.done).toEqual({ records: 1, complete: true, begun: 0 })
  await bridge.queues.waitUntilQuiet()
  expect(rejected()).toEqual([])
  for (const external_id of ['fixture-u1', 'fixture-u2'])
    expect(bridge.simulator.profile({ external_id })?.custom_attributes).toEqual({
      tier: 'fixture-tier-7731',
    })
})

test('a preview says why a dead letter stays', async () => {
  await bridge.post('/v1/activations', { tier: 'nobody' })
  const { json } = await ask('POST', '/api/redrive', { code: 'IDENTIFIER_MISSING', yes: false })
  expect(json).toMatchObject({
    goes: { deadLetters: 0, records: 0 },
    stays: [
      {
        reason: 'refused',
        deadLetters: 1,
        records: 1,
        why: 'still cannot be read with the current settings',
      },
    ],
  })
})

test('a dead letter is indented, and its numbers are as they are in the queue', async () => {
  await bridge.post(
    '/v1/activations',
    '{"op":"nothing","external_id":"fixture-u3","tier":[12345678901234567891,1e400]}',
  )
  const { messageId } =
    bridge.queues.deadLetters().find(({ failure }) => failure?.code === 'OP_UNKNOWN') ?? {}
  const { body } = (await ask('GET', `/api/dead-letter?id=${messageId}`)).json
  expect(body).toContain('"tier": [\n          12345678901234567891,\n          1e400\n        ]')
})

test('the answer to a sent body is indented', async () => {
  const { json } = await ask('POST', '/api/send?connection=default&endpoint=records', {
    external_id: 'fixture-u4',
    tier: 'x',
  })
  expect(json.body).toContain('{\n  "requestId": ')
})

test.each([
  ['POST', '/api/redrive', { yes: true }, 400],
  ['POST', '/api/redrive', { yes: true, code: '--include-stale' }, 400],
  ['POST', '/api/redrive', { code: 'A_CODE' }, 400],
  ['POST', '/api/send?connection=nobody&endpoint=activations', {}, 400],
  ['POST', '/api/send?connection=default&endpoint=../dead-letters', {}, 400],
  ['GET', '/api/dead-letter?id=none', undefined, 404],
])('%s %s with %o is an error', async (method, path, body, status) => {
  expect((await ask(method, path, body)).status).toBe(status)
})
