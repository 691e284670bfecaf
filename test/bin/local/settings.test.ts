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

test('an empty variable is one that was left out', () => {
  expect(readLocalSettings({ PORT: '', STATE_DIR: ' ' })).toEqual(readLocalSettings({}))
})

test('all settings are taken', () => {
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
])('%s=%s is refused by name', (name, value) => {
  const read = readLocalSettings({ [name]: value })
  expect(read).toMatchObject({ ok: false, problems: [expect.stringContaining(`${name} must`)] })
})

test.each([
  'http://rest.iad-01.braze.com',
  'https://rest.iad-01.braze.com.example.org',
  'https://notbraze.com',
  'https://braze.com',
  'https://rest.iad-01.braze.com/users/track',
  'https://rest.iad-01.braze.com/?fixture=1',
  'https://localhost',
  'http://10.0.0.1',
  'rest.iad-01.braze.com',
])('%s is no Braze', (endpoint) => {
  const read = readLocalSettings({ BRAZE_REST_ENDPOINT: endpoint, BRAZE_API_KEY: 'fixture-key' })
  expect(read).toMatchObject({ ok: false, problems: [expect.stringContaining('BRAZE_REST_ENDPOINT must')] })
})

test.each([
  'http://127.0.0.1:4000',
  'http://localhost:4000',
  'http://[::1]:4000',
  'https://rest.us-10.braze.com/',
])('%s is one', (endpoint) => {
  expect(readLocalSettings({ BRAZE_REST_ENDPOINT: endpoint, BRAZE_API_KEY: 'fixture-key' }).ok).toBe(true)
})

test.each(['fixture key', 'put-the-braze-rest-api-key-here'])('%s is no key', (key) => {
  const env = { BRAZE_REST_ENDPOINT: 'https://rest.iad-01.braze.com', BRAZE_API_KEY: key }
  const problem =
    'BRAZE_API_KEY must be a Braze REST API key with the permission users.track, without spaces.'
  expect(readLocalSettings(env)).toEqual({ ok: false, problems: [problem] })
})

test('the advice on an endpoint names each loopback host that is taken', () => {
  const read = readLocalSettings({ BRAZE_REST_ENDPOINT: 'http://10.0.0.1', BRAZE_API_KEY: 'fixture-key' })
  const problem = expect.stringContaining('or http on 127.0.0.1, localhost or [::1]')
  expect(read).toEqual({ ok: false, problems: [problem] })
})

test('an endpoint without a key, and a key without an endpoint, are half a Braze', () => {
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
