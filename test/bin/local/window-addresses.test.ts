import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
      shop: { authentication: [{ kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }] },
      hook: { authentication: [{ kind: 'standard-webhooks' }] },
    }),
  })
})
afterEach(() => discard(bridge))

/** The fields that these tests read, from all kinds of answers. */
type Answer = {
  status?: number
  done?: unknown
  body?: string
  person?: { events: { name: string }[] }
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

test('the page itself needs no token, takes nothing from elsewhere, and runs no script that stands in data', async () => {
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

test.each(['default', 'shop', 'hook'])('what is sent for %s is let in and delivered', async (connection) => {
  const sent = await ask('POST', `/api/send?connection=${connection}&endpoint=activations`, [
    { external_id: 'fixture-u1', tier: 'x' },
  ])
  expect(sent).toMatchObject({ status: 200, json: { status: 200 } })
  await bridge.queues.waitUntilQuiet()
  expect((await ask('GET', '/api/person?id=fixture-u1')).json).toMatchObject({
    person: { ids: { external_id: 'fixture-u1' }, attributes: { tier: 'x' }, events: [], eventsInAll: 0 },
  })
  expect((await ask('GET', '/api/live')).json).toMatchObject({
    totals: { received: 1, accepted: 1, delivered: 1, parked: 0 },
    queues: { profiles: { waiting: 0, inFlight: 0, enabled: true } },
    brazeRequests: [{ number: 1, status: 201, profiles: 1 }],
    letters: { groups: [], unread: 0 },
  })
})

test('Braze’s own body is taken too, and a person’s events are told newest first', async () => {
  const events = ['first', 'second'].map((name, day) => ({
    external_id: 'fixture-u1',
    name,
    time: `2026-01-0${day + 1}T00:00:00Z`,
  }))
  const sent = await ask('POST', '/api/send?connection=default&endpoint=users/track', { events })
  expect(sent.json.status).toBe(201)
  await bridge.queues.waitUntilQuiet()
  const { person } = (await ask('GET', '/api/person?id=fixture-u1')).json
  expect(person?.events.map(({ name }) => name)).toEqual(['second', 'first'])
})

test('letters are put back by code or one by one: shown first, then done', async () => {
  await park('fixture-u1', 'fixture-u2')
  expect((await ask('GET', '/api/live')).json).toMatchObject({
    totals: { parked: 2 },
    letters: { groups: [{ code: 'REJECTED_BY_BRAZE', letters: 2, size: 2 }] },
  })
  expect((await ask('GET', '/api/letters?code=REJECTED_BY_BRAZE')).json).toMatchObject([
    { queue: 'profiles', connection: 'default', size: 1 },
    { size: 1 },
  ])
  const letter = bridge.queues.deadLetters()[0]?.messageId
  const details = (await ask('GET', `/api/letter?id=${letter}`)).json
  expect(details.body).toContain('"code": "REJECTED_BY_BRAZE"')

  const preview = await ask('POST', '/api/put-back', { letter, yes: false })
  expect(preview.json).toEqual({
    command: `npm run ops -- redrive --local --state-dir ${bridge.stateDir} --letter ${letter}`,
    goes: { deadLetters: 1, records: 1 },
    stays: [],
  })
  expect(bridge.queues.deadLetters().length).toBe(2)

  const done = await ask('POST', '/api/put-back', { letter, yes: true })
  expect(done.json.done).toEqual({ records: 1, complete: true, begun: 0 })
  expect(bridge.queues.deadLetters().length).toBe(1)
  const all = await ask('POST', '/api/put-back', { code: 'REJECTED_BY_BRAZE', yes: true })
  expect(all.json.done).toEqual({ records: 1, complete: true, begun: 0 })
  await bridge.queues.waitUntilQuiet()
  expect(bridge.queues.deadLetters()).toEqual([])
  expect(bridge.simulator.profiles().map(({ custom_attributes }) => custom_attributes)).toContainEqual({
    tier: 'fixture-tier-7731',
  })
})

test('what stays says why and by which choice it goes', async () => {
  await bridge.post('/v1/activations', { tier: 'nobody' })
  const { json } = await ask('POST', '/api/put-back', { code: 'IDENTIFIER_MISSING', yes: false })
  expect(json).toMatchObject({
    goes: { deadLetters: 0, records: 0 },
    stays: [
      { reason: 'refused', deadLetters: 1, records: 1, why: 'still can’t be read by the rules of today' },
    ],
  })
})

test.each([true, false])('an id that looks like an option fits no dead letter, with yes: %s', async (yes) => {
  await park('fixture-u1')
  expect(await ask('POST', '/api/put-back', { letter: '--include-stale', yes })).toMatchObject({
    status: 200,
    json: { goes: { deadLetters: 0, records: 0 } },
  })
  expect(bridge.queues.deadLetters().length).toBe(1)
})

test.each([
  ['POST', '/api/put-back', { yes: true }, 400],
  ['POST', '/api/put-back', { yes: true, code: '--include-stale' }, 400],
  ['POST', '/api/put-back', { code: 'A_CODE' }, 400],
  ['POST', '/api/send?connection=nobody&endpoint=activations', {}, 400],
  ['POST', '/api/send?connection=default&endpoint=../dead-letters', {}, 400],
  ['GET', '/api/letter?id=none', undefined, 404],
])('%s %s with %o is refused', async (method, path, body, status) => {
  expect((await ask(method, path, body)).status).toBe(status)
})
