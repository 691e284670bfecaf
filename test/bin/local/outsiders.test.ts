import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { SIMULATOR_KEY } from '../../../bin/local/braze/settings.ts'
import { discard, type RunningBridge, startBridge, TOKEN } from '../../end-to-end/bridge.ts'
import { rawRequest, unfinishedRequest } from './raw-request.ts'
import { tempDir } from './temp-dir.ts'

/** What other users of this machine and web pages in its browsers get from a local run. */

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
})
afterAll(() => discard(bridge))

const announced = (stateDir = bridge.stateDir) => {
  const found = readAnnounced(stateDir)
  if (!found) throw new Error('the local run has not announced its addresses')
  return found
}

type Address = {
  url: () => string
  method: string
  /** What must be kept secret; without it, the request is refused. */
  credentials?: () => Record<string, string>
  headers?: Record<string, string>
  body?: string
  refused: number
}

const sessionToken = () => ({ 'x-amz-security-token': announced().awsCredentials.sessionToken })
const sqs = (path: string) => () => announced().sqsEndpoint + path
const JSON_1_0 = 'application/x-amz-json-1.0'

/** A request to each address besides the webhook, which succeeds as it is here. */
const ADDRESSES: Record<string, Address> = {
  SQS: {
    url: sqs('/'),
    method: 'POST',
    credentials: sessionToken,
    headers: { 'content-type': JSON_1_0, 'x-amz-target': 'AmazonSQS.ListQueues' },
    body: '{}',
    refused: 403,
  },
  'the emulator’s list of messages': {
    url: sqs('/_fauxqs/queues/profiles.fifo'),
    method: 'GET',
    credentials: sessionToken,
    refused: 403,
  },
  'the emulator’s S3': {
    url: sqs('/fixture-bucket'),
    method: 'PUT',
    credentials: sessionToken,
    refused: 403,
  },
  'Secrets Manager': {
    url: () => announced().secretsEndpoint,
    method: 'POST',
    credentials: sessionToken,
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{"SecretId":"local/braze"}',
    refused: 403,
  },
  control: {
    url: () => `${announced().control.url}/api/finished`,
    method: 'POST',
    credentials: () => ({ authorization: `Bearer ${announced().control.token}` }),
    body: '{"since":0}',
    refused: 401,
  },
  'the simulator’s script': {
    url: () => `${bridge.brazeUrl}/simulator/script`,
    method: 'POST',
    body: '[]',
    refused: 403,
  },
  'the simulator’s profiles': {
    url: () => `${bridge.brazeUrl}/simulator/profiles`,
    method: 'GET',
    refused: 403,
  },
  'the simulated Braze': {
    url: () => `${bridge.brazeUrl}/users/track`,
    method: 'POST',
    headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
    body: '{"attributes":[{"external_id":"fixture-direct"}]}',
    refused: 403,
  },
  'the dead letters': {
    url: () => `${bridge.url}/dead-letters`,
    method: 'GET',
    headers: { 'x-api-key': TOKEN },
    refused: 403,
  },
}
const EACH_ADDRESS = Object.keys(ADDRESSES)
const EACH_WITH_CREDENTIALS = EACH_ADDRESS.filter((name) => ADDRESSES[name]?.credentials)
const EACH_WITH_BODY = EACH_ADDRESS.filter((name) => ADDRESSES[name]?.body !== undefined)

const addressNamed = (name: string) => {
  const address = ADDRESSES[name]
  if (!address) throw new Error(`there is no address ${name}`)
  return address
}
const ask = (name: string, credentials: Record<string, string> | undefined, added = {}) => {
  const { url, method, headers, body = '' } = addressNamed(name)
  return rawRequest(url(), { method, headers: { ...headers, ...credentials, ...added }, body })
}

test.each(EACH_ADDRESS)(
  '%s: a program of this machine is answered, and neither a web page nor another machine',
  async (name) => {
    const { credentials, refused } = addressNamed(name)
    expect((await ask(name, credentials?.())).status).toBeLessThan(300)
    for (const foreign of [
      { host: 'fixture.example' },
      { 'x-forwarded-for': '192.0.2.1' },
      { origin: 'http://fixture.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    ])
      expect([foreign, (await ask(name, credentials?.(), foreign)).status]).toEqual([foreign, refused])
  },
)

test.each(EACH_WITH_CREDENTIALS)(
  '%s: no one is answered without the credentials of this start',
  async (name) => {
    const { refused } = addressNamed(name)
    const wrong = { 'x-amz-security-token': 'fixture-wrong', authorization: 'Bearer fixture-wrong' }
    const fixed = { authorization: 'AWS4-HMAC-SHA256 Credential=local/20261120/us-east-1/sqs/aws4_request' }
    for (const credentials of [{}, wrong, fixed]) expect((await ask(name, credentials)).status).toBe(refused)
  },
)

test.each(EACH_WITH_BODY)('%s: the body of a refused request is not read', async (name) => {
  const { url, method, headers, refused } = addressNamed(name)
  const foreign = { ...headers, origin: 'http://fixture.example' }
  expect((await unfinishedRequest(url(), { method, headers: foreign })).status).toBe(refused)
})

test.each([
  ['SQS', 413],
  ['Secrets Manager', 413],
  ['control', 413],
])('%s: a body of twelve megabytes is too large', async (name, status) => {
  const { url, method, headers, credentials } = addressNamed(name)
  const body = ' '.repeat(12 * 1024 * 1024)
  const answer = await rawRequest(url(), { method, headers: { ...headers, ...credentials?.() }, body })
  expect(answer.status).toBe(status)
})

test('a link to the simulator can be followed from the window', async () => {
  const followed = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' }
  const { status } = await rawRequest(`${bridge.brazeUrl}/simulator`, { headers: followed })
  expect(status).toBe(200)
})

/** The mode of a folder and of everything in it, in octal digits. */
const modesIn = (dir: string) =>
  Object.fromEntries(
    ['', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })].map((path) => [
      path,
      (statSync(join(dir, path)).mode & 0o777).toString(8),
    ]),
  )

const CLOSED = {
  '': '700',
  'connections.json': '600',
  'lock.db': '600',
  'lock.db-journal': '600',
  'lock.pid': '600',
  'paused.json': '600',
  'running.json': '600',
  simulator: '700',
  'simulator/braze.jsonl': '600',
  'simulator/fauxqs.db': '600',
  'simulator/fauxqs.db-shm': '600',
  'simulator/fauxqs.db-wal': '600',
}

test('only the owner can use the state, whatever the umask is and the modes were', async () => {
  const before = process.umask(0)
  onTestFinished(() => {
    process.umask(before)
  })
  const stateDir = join(tempDir(), 'state')
  const first = await startBridge({ stateDir })
  const { control } = announced(stateDir)
  const paused = await fetch(`${control.url}/api/event-sources/events`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${control.token}` },
    body: '{"enabled":false}',
  })
  expect(paused.status).toBe(200)
  expect(modesIn(stateDir)).toEqual(CLOSED)
  await first.stop()
  for (const path of Object.keys(modesIn(stateDir))) chmodSync(join(stateDir, path), 0o777)
  const second = await startBridge({ stateDir })
  onTestFinished(() => discard(second))
  expect(modesIn(stateDir)).toEqual(CLOSED)
})

test('a folder with other content is not taken from its users', async () => {
  const stateDir = join(tempDir(), 'shared')
  mkdirSync(stateDir)
  chmodSync(stateDir, 0o755)
  writeFileSync(join(stateDir, 'a-file'), '')
  await expect(startBridge({ stateDir })).rejects.toThrow(
    `The folder ${stateDir} contains files, but not the state of a local run. Nothing was changed. Set STATE_DIR to a new or an empty folder.`,
  )
  expect(modesIn(stateDir)['']).toBe('755')
  expect(readdirSync(stateDir)).toEqual(['a-file'])
})
