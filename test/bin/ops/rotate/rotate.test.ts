import { randomBytes, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SIMULATOR_KEY } from '../../../../bin/local/braze/settings.ts'
import { BRAZE_SECRET_ID, INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { callWebhook } from '../../../../bin/ops/call-webhook.edge.ts'
import { findLocalRun } from '../../../../bin/ops/local/find-run.ts'
import { rotateInbound } from '../../../../bin/ops/rotate/inbound.ts'
import type { InboundRotationDeps, InboundRotationOptions } from '../../../../bin/ops/rotate/rotation.ts'
import { secretStore } from '../../../../bin/ops/secret-store.edge.ts'
import { tryTokenAt } from '../../../../bin/ops/try-token.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { attributesOf, discard, type RunningBridge, startBridge, TOKEN } from '../../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

/** These tests run the command against a running bridge over HTTP. Waits move the clock and end at once. */

const NEW_KEY = 'fixture-new-braze-key'

/** Milliseconds that are enough on a busy machine. */
const PATIENCE = { timeout: 12_000 }

let bridge: RunningBridge
let movedOnMs = 0
const printed: string[] = []
beforeEach(async () => {
  movedOnMs = 0
  printed.length = 0
  const realNow = Date.now
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + movedOnMs)
  bridge = await startBridge()
})
afterEach(async () => {
  await discard(bridge)
  vi.restoreAllMocks()
  expect(printed.filter((line) => SENSITIVE_FIXTURES.test(line))).toEqual([])
})

function deps(name: string, changed: Partial<InboundRotationDeps> = {}): InboundRotationDeps {
  const target = findLocalRun(bridge.stateDir)
  if ('problem' in target) throw new Error(target.problem)
  onTestFinished(target.close)
  const connection = target.settings.connections[name]
  if (!connection) throw new Error(`no connection ${name}`)
  return {
    connection,
    store: secretStore(target.secretsManager, target.secretIds.inbound(name)),
    tryToken: tryTokenAt(target.webhookUrl, { callWebhook, now: Date.now, newId: randomUUID }),
    randomBytes,
    now: Date.now,
    pause: async (ms) => {
      movedOnMs += ms
    },
    stop: new AbortController().signal,
    startProgress: NO_PROGRESS,
    secretLocation: 'the console',
    command: 'rotate inbound',
    check: 'npm run ops -- check --local',
    out: (line) => printed.push(line),
    error: (line) => printed.push(line),
    ...changed,
  }
}

const rotate = (
  step: InboundRotationOptions['step'],
  changed: Partial<InboundRotationDeps> = {},
  connection = 'default',
) => rotateInbound({ connection, step, show: false }, deps(connection, changed))

const tokens = async (name = 'default'): Promise<unknown> => deps(name).store.read()

const statusFor = async (token: string) =>
  (
    await bridge.post(
      '/v1/activations',
      { external_id: 'fixture-u1', tier: 'fixture-tier' },
      { 'x-api-key': token },
    )
  ).status

const newTokenIn = (secret: unknown): string => {
  const { token } = Object(secret)
  return String(token)
}

describe('of the inbound token', () => {
  test('step by step, each told by the secret alone', async () => {
    expect(await statusFor(TOKEN)).toBe(200)
    expect(await rotate('look')).toBe(true)
    expect(await rotate('finish')).toBe(true)
    expect(printed.splice(0)).toEqual([
      'The token is let in.',
      'No rotation is under way. It begins with rotate inbound --start',
      'There is no previous token to take out.',
      'The token is let in.',
      'No rotation is under way. It begins with rotate inbound --start',
    ])

    expect(await rotate('start')).toBe(true)
    expect(printed.splice(0)).toEqual([
      'The token in use is let in.',
      'A new token was made and written. Both are live.',
      'The new token is let in.',
      'The previous token is let in.',
      'The new token is under "token" in the console',
      'Give it to the sender. Until the sender uses it, the previous one goes on working, for as long as you like.',
      'When the sender uses the new one: rotate inbound --finish',
    ])
    const both = await tokens()
    const token = newTokenIn(both)
    expect(both).toEqual({ token: expect.stringMatching(/^[A-Za-z0-9]{48}$/), previousToken: TOKEN })
    expect([await statusFor(TOKEN), await statusFor(token)]).toEqual([200, 200])

    expect(await rotate('start')).toBe(true)
    expect(await tokens()).toEqual(both)
    expect(printed.splice(0)[0]).toBe('A rotation is under way already: no token was made.')

    expect(await rotate('finish')).toBe(true)
    expect(await tokens()).toEqual({ token })
    expect(printed.splice(0)).toEqual([
      'The new token is let in.',
      expect.stringMatching(
        /^The previous token is out of the secret\. The last receiver forgets it by \d\d:\d\d:\d\d UTC; /,
      ),
      'The previous token is refused. The rotation is complete.',
    ])
    expect([await statusFor(TOKEN), await statusFor(token)]).toEqual([401, 200])
  })

  test('does not begin where the token in use is not let in', async () => {
    await statusFor(TOKEN)
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-another-token' })
    expect(await rotate('start')).toBe(false)
    expect(await tokens()).toEqual({ token: 'fixture-another-token' })
    expect(printed).toEqual([
      'The token in use is refused (401).',
      'So no new one was made. See npm run ops -- check --local',
    ])
  })

  test('does not end where the new token is not let in', async () => {
    await statusFor(TOKEN)
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-another-token', previousToken: TOKEN })
    expect(await rotate('finish')).toBe(false)
    expect(await tokens()).toEqual({ token: 'fixture-another-token', previousToken: TOKEN })
    expect(printed[1]).toBe('So the previous one stays. See npm run ops -- check --local')
  })

  test('does not touch a secret that is not as it must be', async () => {
    bridge.putSecret(INBOUND_SECRET_ID, { secret: 'fixture-inbound-token' })
    expect(await rotate('start')).toBe(false)
    expect(await tokens()).toEqual({ secret: 'fixture-inbound-token' })
  })

  test('keeps what else stands in the secret', async () => {
    bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, owner: 'fixture-team' })
    await rotate('start')
    await rotate('finish')
    expect(await tokens()).toEqual({ token: expect.stringMatching(/^\w{48}$/), owner: 'fixture-team' })
  })

  test('interrupted while it waits, it says that it ends by itself', async () => {
    await rotate('start')
    const stopping = new AbortController()
    const ended = await rotate('finish', { stop: stopping.signal, pause: async () => stopping.abort() })
    expect([ended, printed.at(-1)]).toEqual([false, 'Not waited for; the rotation completes by itself.'])
    expect(await rotate('look')).toBe(true)
  })

  test('behind a client certificate no token is tried', async () => {
    expect([
      await rotate('start', { tryToken: undefined }),
      await rotate('finish', { tryToken: undefined }),
    ]).toEqual([true, true])
    expect(printed[0]).toBe(
      'The token in use is not tried: the webhook asks for a client certificate, which this command has not.',
    )
    expect(printed.at(-1)).toBe('The previous token is forgotten. The rotation is complete.')
  })

  test('of a connection that signs by Standard Webhooks, from an address that is not allowed', async () => {
    await discard(bridge)
    bridge = await startBridge({
      connections: Connections.parse({
        hooks: { authentication: [{ kind: 'standard-webhooks' }], allowedIps: ['192.0.2.0/24'] },
      }),
    })
    expect([await rotate('start', {}, 'hooks'), await rotate('finish', {}, 'hooks')]).toEqual([true, true])
    expect(await tokens('hooks')).toEqual({ token: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) })
  })
})

const ops = async (...argv: string[]) => {
  const { code, out, errors } = await runOps(['rotate', ...argv, '--local', '--state-dir', bridge.stateDir])
  printed.push(...out, ...errors)
  const plain = (line: string) => line.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
  return { code, out: out.slice(1).map(plain), errors: errors.map(plain) }
}

const GRANTED = [
  'ok  Braze endpoint          HOST answers',
  'ok  Braze key               Braze knows it',
  'ok  users.track             granted (201; nothing was written)',
  'ok  users.export.ids        granted (201)',
]

describe('of the Braze key', () => {
  const keyFile = (key: string) => {
    const file = join(bridge.stateDir, 'new-key')
    writeFileSync(file, `${key}\n`)
    return file
  }
  const secret = () => {
    const target = findLocalRun(bridge.stateDir)
    if ('problem' in target) throw new Error(target.problem)
    onTestFinished(target.close)
    return secretStore(target.secretsManager, BRAZE_SECRET_ID).read()
  }
  const old = () => ({ apiKey: SIMULATOR_KEY, restEndpoint: bridge.brazeUrl })

  test('without a key it tries the one in use, and tells the steps', async () => {
    const { code, out } = await ops('braze')
    expect([code, out.slice(0, 6)]).toEqual([
      0,
      [
        ...GRANTED,
        '',
        '1. Make a key in Braze (Settings, APIs and Identifiers) with users.track and users.export.ids.',
      ],
    ])
  })

  test('a key with both permissions is written, and its time told', async () => {
    bridge.simulator.configure({
      keys: {
        [SIMULATOR_KEY]: ['users.track', 'users.export.ids'],
        [NEW_KEY]: ['users.track', 'users.export.ids'],
      },
    })
    const { code, out } = await ops('braze', '--key-file', keyFile(NEW_KEY))
    expect([code, out]).toEqual([
      0,
      [
        ...GRANTED,
        ...GRANTED,
        'The new key stands in the secret. The worker takes it within 5 minutes, and at once where Braze refuses the old one.',
        expect.stringMatching(
          /^Delete the old key in Braze, not before \d\d:\d\d:\d\d UTC: until then a worker may still use it\.$/,
        ),
      ],
    ])
    expect(await secret()).toEqual({ apiKey: NEW_KEY, restEndpoint: bridge.brazeUrl })
    expect((await ops('braze', '--key-file', keyFile(NEW_KEY))).out[0]).toBe(
      'This key stands in the secret already; nothing was written.',
    )
  })

  test.each([
    [
      'that Braze does not know',
      'fixture-wrong-key',
      '!!  Braze key               Braze refuses it (401): with it nothing can be delivered, and the worker holds every message',
    ],
    [
      'without users.track',
      NEW_KEY,
      '!!  users.track             the key lacks it: with it nothing can be delivered, and the worker holds every message',
    ],
  ])('one %s is not written', async (_, key, told) => {
    bridge.simulator.configure({
      keys: { [SIMULATOR_KEY]: ['users.track', 'users.export.ids'], [NEW_KEY]: ['users.export.ids'] },
    })
    const { code, out, errors } = await ops('braze', '--key-file', keyFile(key))
    expect([code, errors]).toEqual([
      1,
      ['Nothing was written: Braze does not grant this key both permissions, or did not answer.'],
    ])
    expect(out).toContain(told)
    expect(await secret()).toEqual(old())
  })

  test.each([
    ['an empty one', '', []],
    ['one with a space', 'fixture key', []],
    ['the placeholder', 'put-the-braze-rest-api-key-here', []],
    ['one for an endpoint that is none of Braze', NEW_KEY, ['--rest-endpoint', 'https://braze.example']],
  ])('%s is no key', async (_, key, more) => {
    const { code, errors } = await ops('braze', '--key-file', keyFile(key), ...more)
    expect([code, errors[0]?.slice(0, 20)]).toEqual([1, 'Nothing was written.'])
    expect(await secret()).toEqual(old())
  })

  test('a file that is not there is told as what it is', async () => {
    const { code, errors } = await ops('braze', '--key-file', join(bridge.stateDir, 'not-there'))
    expect([code, errors]).toEqual([
      1,
      ['Nothing was written: the file of the key can not be read, or none was typed.'],
    ])
  })

  test('the first one needs its endpoint', async () => {
    bridge.putSecret(BRAZE_SECRET_ID, {
      apiKey: 'put-the-braze-rest-api-key-here',
      restEndpoint: 'https://rest.iad-01.braze.com',
    })
    expect(await ops('braze', '--key-file', keyFile(SIMULATOR_KEY))).toMatchObject({
      code: 1,
      errors: ['The secret holds no key yet, and only an example of an endpoint: say --rest-endpoint too.'],
    })
    const { code, out } = await ops(
      'braze',
      '--key-file',
      keyFile(SIMULATOR_KEY),
      '--rest-endpoint',
      bridge.brazeUrl,
    )
    expect([code, out.at(-1)]).toEqual([
      0,
      'The new key stands in the secret. The worker takes it within 5 minutes, and at once where Braze refuses the old one.',
    ])
    expect(await secret()).toEqual(old())
  })
})

test('the command finds the secret, and shows the new token only when asked', async () => {
  expect((await ops('inbound')).code).toBe(0)
  bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, previousToken: 'fixture-previous-token' })
  expect((await ops('inbound')).out.at(-3)).toBe(
    'The new token is under "token" in the memory of this npm start, and --show prints it',
  )
  const { out } = await ops('inbound', '--show')
  expect(out.at(-3)).toBe(`The new token: ${TOKEN}`)
  printed.splice(printed.indexOf(`The new token: ${TOKEN}`), 1)
})

test('both are rotated under a stream of requests, and none is refused or lost', async () => {
  let token = TOKEN
  let sent = 0
  const statuses: number[] = []
  const ending = new AbortController()
  const stream = async () => {
    while (!ending.signal.aborted) {
      sent += 1
      const row = { external_id: `fixture-s${sent}`, tier: 'fixture-tier' }
      statuses.push((await bridge.post('/v1/activations', row, { 'x-api-key': token })).status)
    }
  }
  const streams = [stream(), stream()]

  bridge.simulator.configure({
    keys: {
      [SIMULATOR_KEY]: ['users.track', 'users.export.ids'],
      [NEW_KEY]: ['users.track', 'users.export.ids'],
    },
  })
  writeFileSync(join(bridge.stateDir, 'new-key'), NEW_KEY)
  expect((await ops('braze', '--key-file', join(bridge.stateDir, 'new-key'))).code).toBe(0)
  bridge.simulator.configure({ keys: { [NEW_KEY]: ['users.track', 'users.export.ids'] } })

  const underOld = statuses.length
  expect(await rotate('start')).toBe(true)
  token = newTokenIn(await tokens())
  await vi.waitUntil(() => statuses.length > underOld + 20, PATIENCE)
  expect(await rotate('finish')).toBe(true)
  const whenFinished = statuses.length
  await vi.waitUntil(() => statuses.length > whenFinished + 20, PATIENCE)
  ending.abort()
  await Promise.all(streams)
  await bridge.queues.waitUntilQuiet()

  expect(statuses.filter((status) => status !== 200)).toEqual([])
  const missing = Array.from({ length: sent }, (_, n) => `fixture-s${n + 1}`).filter(
    (id) => attributesOf(bridge, id)?.tier !== 'fixture-tier',
  )
  expect([missing, bridge.queues.deadLetters()]).toEqual([[], []])
  expect(await statusFor(TOKEN)).toBe(401)
})
