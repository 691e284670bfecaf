import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readLocalSettings } from '../../../bin/local/settings.ts'

test('without any setting, everything has a default', () => {
  expect(readLocalSettings({})).toEqual({
    ok: true,
    settings: {
      port: 8787,
      simulatorPort: 8789,
      token: 'local-development-token',
      stateDir: resolve('.state'),
    },
  })
})

test('an empty variable counts as absent', () => {
  expect(readLocalSettings({ PORT: '', STATE_DIR: ' ' })).toEqual(readLocalSettings({}))
})

test('all variables are read', () => {
  const env = {
    PORT: '0',
    SIMULATOR_PORT: '4000',
    WEBHOOK_TOKEN: 'fixture-token-5521-x',
    STATE_DIR: '/fixture/state',
    BRAZE_REST_ENDPOINT: 'https://rest.fra-02.braze.eu',
    BRAZE_API_KEY: 'fixture-key',
  }
  expect(readLocalSettings(env)).toEqual({
    ok: true,
    settings: {
      port: 0,
      simulatorPort: 4000,
      token: 'fixture-token-5521-x',
      stateDir: '/fixture/state',
      braze: { restEndpoint: 'https://rest.fra-02.braze.eu', apiKey: 'fixture-key' },
    },
  })
})

test('with a real Braze, the development token is not the default', () => {
  const braze = { restEndpoint: 'https://rest.fra-02.braze.eu', apiKey: 'fixture-key' }
  const env = { BRAZE_REST_ENDPOINT: braze.restEndpoint, BRAZE_API_KEY: braze.apiKey }
  expect(readLocalSettings(env)).toEqual({
    ok: true,
    settings: { port: 8787, simulatorPort: 8789, stateDir: resolve('.state'), braze },
  })
})

test.each([
  ['0', 0],
  ['9000', 9002],
  ['65534', 0],
])('with PORT=%s, the port of the simulator is %i', (PORT, simulatorPort) => {
  expect(readLocalSettings({ PORT })).toMatchObject({ settings: { simulatorPort } })
})

test.each([
  ['PORT', '65536'],
  ['PORT', '80a'],
  ['SIMULATOR_PORT', '65536'],
  ['WEBHOOK_TOKEN', 'fifteen-letters'],
  ['WEBHOOK_TOKEN', 'with spaces in the token'],
])('%s=%s is rejected by name', (name, value) => {
  const read = readLocalSettings({ [name]: value })
  expect(read).toMatchObject({ ok: false, problems: [expect.stringContaining(`${name} must`)] })
})

test.each([
  ['http://rest.iad-01.braze.com', false],
  ['https://rest.iad-01.braze.com.example.org', false],
  ['https://notbraze.com', false],
  ['https://braze.com', false],
  ['https://rest.iad-01.braze.com/users/track', false],
  ['https://rest.iad-01.braze.com/?fixture=1', false],
  ['https://localhost', false],
  ['http://10.0.0.1', false],
  ['rest.iad-01.braze.com', false],
  ['http://127.0.0.1:4000', true],
  ['http://localhost:4000', true],
  ['http://[::1]:4000', true],
  ['https://rest.us-10.braze.com/', true],
])('BRAZE_REST_ENDPOINT=%s is accepted: %s', (endpoint, ok) => {
  const read = readLocalSettings({ BRAZE_REST_ENDPOINT: endpoint, BRAZE_API_KEY: 'fixture-key' })
  const advice = expect.stringMatching(
    /^BRAZE_REST_ENDPOINT must .*or http on 127\.0\.0\.1, localhost or \[::1\]/,
  )
  expect(read).toMatchObject(ok ? { ok } : { ok, problems: [advice] })
})

test.each(['fixture key', 'put-the-braze-rest-api-key-here'])('BRAZE_API_KEY=%s is rejected', (key) => {
  const env = { BRAZE_REST_ENDPOINT: 'https://rest.iad-01.braze.com', BRAZE_API_KEY: key }
  const problem =
    'BRAZE_API_KEY must be a Braze REST API key with the permission users.track, without spaces.'
  expect(readLocalSettings(env)).toEqual({ ok: false, problems: [problem] })
})

test('an endpoint needs a key, and a key needs an endpoint', () => {
  const problem = expect.stringContaining('belong together')
  expect(readLocalSettings({ BRAZE_API_KEY: 'fixture-key' })).toEqual({ ok: false, problems: [problem] })
  expect(readLocalSettings({ BRAZE_REST_ENDPOINT: 'https://rest.iad-01.braze.com' })).toEqual({
    ok: false,
    problems: [problem],
  })
})

test('no problem repeats a value', () => {
  const read = readLocalSettings({
    PORT: 'fixture-7731',
    WEBHOOK_TOKEN: 'short-7731',
  })
  const braze = readLocalSettings({ BRAZE_REST_ENDPOINT: 'x-7731', BRAZE_API_KEY: 'x 7731' })
  expect([read.ok, braze.ok]).toEqual([false, false])
  expect(JSON.stringify([read, braze])).not.toContain('7731')
})
