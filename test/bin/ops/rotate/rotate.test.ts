import { randomBytes, randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { SIMULATOR_KEY } from '../../../../bin/local/braze/settings.ts'
import { BRAZE_SECRET_ID, INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { callWebhook } from '../../../../bin/ops/call-webhook.edge.ts'
import { findLocalRun } from '../../../../bin/ops/local/find-run.ts'
import {
  type InboundRotationDeps,
  type InboundRotationOptions,
  rotateInbound,
} from '../../../../bin/ops/rotate/inbound.ts'
import { secretStore } from '../../../../bin/ops/secret-store.edge.ts'
import { tryTokenAt } from '../../../../bin/ops/try-token.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { attributesOf, discard, type RunningBridge, startBridge, TOKEN } from '../../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

/** These tests run the command against a running bridge over HTTP. Waits move the clock and end at once. */

const NEW_KEY = 'fixture-new-braze-key'
const BOTH_PERMISSIONS = ['users.track', 'users.export.ids'] as const

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

function localRun() {
  const target = findLocalRun(bridge.stateDir)
  if ('problem' in target) throw new Error(target.problem)
  onTestFinished(target.close)
  return target
}

function deps(name: string, changed: Partial<InboundRotationDeps> = {}): InboundRotationDeps {
  const target = localRun()
  const connection = target.settings.connections[name]
  if (!connection) throw new Error(`no connection ${name}`)
  return {
    name,
    connection,
    store: secretStore(target.secretsManager, target.secretIds.inbound(name)),
    tryToken: tryTokenAt(target.webhookUrl, { callWebhook, now: Date.now, newId: randomUUID }),
    randomBytes,
    confirm: async () => true,
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
) => rotateInbound({ step, show: false }, deps(connection, changed))

/** What was printed since the last call, without the time of day. */
const newlyPrinted = () =>
  printed
    .splice(0)
    .join('\n')
    .replaceAll(/\d\d:\d\d:\d\d UTC/g, 'TIME')

const tokens = async (name = 'default'): Promise<unknown> => deps(name).store.read()

const statusFor = async (token: string) => {
  const row = { external_id: 'fixture-u1', tier: 'fixture-tier' }
  return (await bridge.post('/v1/activations', row, { 'x-api-key': token })).status
}

const newTokenIn = (secret: unknown): string => {
  const { token } = Object(secret)
  return String(token)
}

const ACCEPTED = { status: 'accepted' } as const
const REJECTED = { status: 'rejected' } as const
const UNTESTED = { status: 'not tested' } as const

describe('the inbound token', () => {
  test('is replaced step by step, and the secret alone records the progress', async () => {
    bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, owner: 'fixture-team' })
    expect(await statusFor(TOKEN)).toBe(200)
    expect(await rotate('look')).toEqual({ ok: true, secret: 'one token', current: ACCEPTED })
    expect(await rotate('finish')).toEqual({ ok: true, secret: 'one token', current: ACCEPTED })
    expect(newlyPrinted()).toMatchInlineSnapshot(`
      "The token is accepted.
      No rotation is in progress. Start one: rotate inbound --start
      There is no previous token to remove.
      The token is accepted.
      No rotation is in progress. Start one: rotate inbound --start"
    `)

    const started = { ok: true, secret: 'two tokens', current: ACCEPTED, previous: ACCEPTED }
    expect(await rotate('start')).toEqual(started)
    expect(newlyPrinted()).toMatchInlineSnapshot(`
      "The current token is accepted.
      A new token was stored. Both tokens are valid now.
      The new token is accepted.
      The previous token is accepted.
      The new token is under "token" in the console
      Give it to the sender. The previous token stays valid until you finish the rotation.
      When the sender uses the new token: rotate inbound --finish"
    `)
    const both = await tokens()
    const token = newTokenIn(both)
    expect(both).toEqual({
      token: expect.stringMatching(/^[A-Za-z0-9]{48}$/),
      previousToken: TOKEN,
      owner: 'fixture-team',
    })
    expect([await statusFor(TOKEN), await statusFor(token)]).toEqual([200, 200])

    expect(await rotate('start')).toEqual(started)
    expect(await tokens()).toEqual(both)
    expect(printed.splice(0)[0]).toBe('A rotation is already in progress: no token was created.')

    expect(await rotate('finish')).toEqual({
      ok: true,
      secret: 'one token',
      current: ACCEPTED,
      previous: REJECTED,
    })
    expect(await tokens()).toEqual({ token, owner: 'fixture-team' })
    expect(newlyPrinted()).toMatchInlineSnapshot(`
      "The new token is accepted.
      The previous token was removed from the secret. Receivers forget it by TIME; a sender that still uses it then gets 401.
      The previous token is rejected. The rotation is complete."
    `)
    expect([await statusFor(TOKEN), await statusFor(token)]).toEqual([401, 200])
  })

  const ANOTHER = 'fixture-another-token'
  test.each<[string, object, InboundRotationOptions['step'], object, string]>([
    [
      'the current token is rejected',
      { token: ANOTHER },
      'start',
      { secret: 'one token', current: REJECTED },
      'No new token was created, and nothing was changed. Find the cause first: npm run ops -- check --local',
    ],
    [
      'the new token is rejected',
      { token: ANOTHER, previousToken: TOKEN },
      'finish',
      { secret: 'two tokens', current: REJECTED },
      'The previous token was kept, and nothing was changed. Find the cause first: npm run ops -- check --local',
    ],
    [
      'the operator does not confirm the end',
      { token: TOKEN, previousToken: ANOTHER },
      'finish',
      { secret: 'two tokens', current: ACCEPTED },
      'fixture: declined',
    ],
    [
      'the secret is invalid',
      { secret: TOKEN },
      'start',
      { secret: 'invalid' },
      'The inbound secret is invalid, and nothing was written. See what is wrong: npm run ops -- check --local',
    ],
  ])('stays if %s', async (_, secret, step, expected, sentence) => {
    await statusFor(TOKEN)
    bridge.putSecret(INBOUND_SECRET_ID, secret)
    const confirm = async () => {
      printed.push('fixture: declined')
      return false
    }
    expect(await rotate(step, { confirm })).toEqual({ ok: false, ...expected })
    expect([await tokens(), printed.at(-1)]).toEqual([secret, sentence])
  })

  test('is replaced even if the operator does not wait for the end', async () => {
    await rotate('start')
    const stopping = new AbortController()
    const ended = await rotate('finish', { stop: stopping.signal, pause: async () => stopping.abort() })
    expect(ended).toEqual({
      ok: false,
      secret: 'one token',
      current: ACCEPTED,
      previous: { status: 'unknown', reason: 'the command was interrupted' },
    })
    expect(printed.at(-1)).toBe('Interrupted: the rotation completes by itself.')
    expect((await rotate('look')).ok).toBe(true)
  })

  test('is not tested if the webhook requires a client certificate', async () => {
    const untested = { ok: true, current: UNTESTED, previous: UNTESTED }
    expect([
      await rotate('start', { tryToken: undefined }),
      await rotate('finish', { tryToken: undefined }),
    ]).toEqual([
      { ...untested, secret: 'two tokens' },
      { ...untested, secret: 'one token' },
    ])
    expect([printed[0], printed.at(-1)]).toEqual([
      'The current token was not tested: the webhook requires a client certificate, which this command does not have.',
      'The previous token is forgotten. The rotation is complete.',
    ])
  })

  test('of Standard Webhooks is replaced from an address that is not allowed', async () => {
    await discard(bridge)
    bridge = await startBridge({
      connections: Connections.parse({
        hooks: {
          authentication: [{ kind: 'standard-webhooks' }],
          signedEndpoint: 'events',
          allowedIps: ['192.0.2.0/24'],
        },
      }),
    })
    expect((await rotate('start', {}, 'hooks')).ok).toBe(true)
    expect((await rotate('finish', {}, 'hooks')).ok).toBe(true)
    expect(await tokens('hooks')).toEqual({ token: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) })
  })
})

const ops = async (...argv: string[]) => {
  const { code, out, errors } = await runOps(['rotate', ...argv, '--local', '--state-dir', bridge.stateDir])
  printed.push(...out, ...errors)
  const masked = (lines: readonly string[]) =>
    lines
      .join('\n')
      .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
      .replaceAll(bridge.stateDir, 'DIR')
      .replaceAll(/\d\d:\d\d:\d\d UTC/g, 'TIME')
  return { code, out: masked(out), errors: masked(errors) }
}

describe('the Braze key', () => {
  const keyFile = (key: string) => {
    const file = join(bridge.stateDir, 'new-key')
    writeFileSync(file, `${key}\n`)
    return file
  }
  const secret = () => secretStore(localRun().secretsManager, BRAZE_SECRET_ID).read()
  const old = () => ({ apiKey: SIMULATOR_KEY, restEndpoint: bridge.brazeUrl })
  const knowNewKey = (permissions: readonly (typeof BOTH_PERMISSIONS)[number][]) =>
    bridge.simulator.configure({
      keys: { [SIMULATOR_KEY]: [...BOTH_PERMISSIONS], [NEW_KEY]: [...permissions] },
    })

  test('is tested without --key-file, and the steps are listed', async () => {
    const { code, out } = await ops('braze')
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "Looking at the local run on DIR
      ok  Braze endpoint          HOST answers
      ok  Braze key               Braze accepts it
      ok  users.track             granted (201; nothing was written)
      ok  users.export.ids        granted (201)

      1. Create a key in Braze (Settings, APIs and Identifiers) with users.track and users.export.ids.
      2. Enter it here, which tests it and stores it: npm run ops -- rotate braze --local --state-dir DIR --key-file -
      3. Delete the old key in Braze, at the time that step 2 prints."
    `)
  })

  test('is stored with both permissions, and the command says when to delete the old one', async () => {
    knowNewKey(BOTH_PERMISSIONS)
    const { code, out } = await ops('braze', '--key-file', keyFile(NEW_KEY))
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "Rotating on the local run on DIR
      ok  Braze endpoint          HOST answers
      ok  Braze key               Braze accepts it
      ok  users.track             granted (201; nothing was written)
      ok  users.export.ids        granted (201)
      The new key is in the secret. The worker uses it within 5 minutes, or at once if Braze rejects the old key.
      Delete the old key in Braze, but not before TIME: until then it may still be used."
    `)
    expect(await secret()).toEqual({ apiKey: NEW_KEY, restEndpoint: bridge.brazeUrl })
    expect((await ops('braze', '--key-file', keyFile(NEW_KEY))).out).toContain(
      'The secret already contains this key, and nothing was written.',
    )
  })

  const NOT_CONFIRMED =
    'Nothing was written: Braze did not confirm that this key has users.track and users.export.ids.'
  const NOT_READ = 'Nothing was written: the key file cannot be read, or no key was typed.'
  const NO_KEY =
    'Nothing was written. A key is a text without spaces, and an endpoint is an https address under braze.com or braze.eu without a path.'

  test.each([
    ['that Braze does not know', 'fixture-wrong-key', [], NOT_CONFIRMED, '!!  Braze key '],
    ['without users.track', NEW_KEY, [], NOT_CONFIRMED, '!!  users.track '],
    ['that is empty', '', [], NO_KEY, ''],
    ['with a space', 'fixture key', [], NO_KEY, ''],
    ['that is the placeholder', 'put-the-braze-rest-api-key-here', [], NO_KEY, ''],
    ['in a file that is not there', undefined, [], NOT_READ, ''],
    ['for another host', NEW_KEY, ['--rest-endpoint', 'https://braze.example'], NO_KEY, ''],
  ])('%s is not stored', async (_, key, argv, sentence, finding) => {
    knowNewKey(['users.export.ids'])
    const file = key === undefined ? join(bridge.stateDir, 'not-there') : keyFile(key)
    const { code, out, errors } = await ops('braze', '--key-file', file, ...argv)
    expect([code, errors]).toEqual([1, sentence])
    expect(out).toContain(finding)
    expect(await secret()).toEqual(old())
  })

  test('needs its endpoint, if it is the first one', async () => {
    bridge.putSecret(BRAZE_SECRET_ID, {
      apiKey: 'put-the-braze-rest-api-key-here',
      restEndpoint: 'https://rest.iad-01.braze.com',
    })
    const file = keyFile(SIMULATOR_KEY)
    expect(await ops('braze', '--key-file', file)).toMatchObject({
      code: 1,
      errors: 'The secret contains no key yet, and only an example of an endpoint. Add --rest-endpoint.',
    })
    const { code, out } = await ops('braze', '--key-file', file, '--rest-endpoint', bridge.brazeUrl)
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(
        /\nThe key is in the secret\. Waiting rows are delivered within a minute, or within 15 minutes if they have waited for 50 minutes or more\.$/,
      ),
    ])
    expect(await secret()).toEqual(old())
  })

  test('for exports is not replaced if there is no separate one', async () => {
    const { code, errors } = await ops('braze', '--exports', '--key-file', keyFile(NEW_KEY))
    expect([code, errors]).toEqual([
      1,
      'This stack has no separate key for /users/export/ids. Nothing was changed. Set separateExportKey in cdk.json and deploy, or leave out --exports.',
    ])
    expect(await secret()).toEqual(old())
  })

  test('is reported with --json, and not printed', async () => {
    knowNewKey(BOTH_PERMISSIONS)
    const { code, out } = await ops('braze', '--key-file', keyFile(NEW_KEY), '--json')
    const { at, result, ...report } = JSON.parse(out)
    expect([code, report]).toEqual([0, { command: 'rotate braze', target: 'the local run on DIR', ok: true }])
    expect(result).toEqual({
      key: 'stored',
      findings: expect.arrayContaining([{ verdict: 'ok', about: 'Braze key', says: 'Braze accepts it' }]),
      oldKeyUnusedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    expect(Date.parse(result.oldKeyUnusedAt) - Date.parse(at)).toBeLessThanOrEqual(10 * 60_000)
    expect(out).not.toContain(NEW_KEY)
  })
})

test('the command finds the inbound secret, and only --show prints the new token', async () => {
  expect((await ops('inbound')).code).toBe(0)
  bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, previousToken: 'fixture-previous-token' })
  expect((await ops('inbound')).out).toContain(
    '\nThe new token is under "token" in the memory of this npm start, and --show prints it\n',
  )
  expect(JSON.parse((await ops('inbound', '--json')).out)).toMatchObject({
    command: 'rotate inbound',
    ok: false,
    result: { connection: 'default', secret: 'two tokens', current: ACCEPTED, previous: REJECTED },
  })
  expect((await ops('inbound', '--show')).out).toContain(`\nThe new token: ${TOKEN}\n`)
  printed.splice(printed.indexOf(`The new token: ${TOKEN}`), 1)
})

test('token and key are replaced under a stream of requests, and no request is rejected or lost', async () => {
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
    keys: { [SIMULATOR_KEY]: [...BOTH_PERMISSIONS], [NEW_KEY]: [...BOTH_PERMISSIONS] },
  })
  writeFileSync(join(bridge.stateDir, 'new-key'), NEW_KEY)
  expect((await ops('braze', '--key-file', join(bridge.stateDir, 'new-key'))).code).toBe(0)
  bridge.simulator.configure({ keys: { [NEW_KEY]: [...BOTH_PERMISSIONS] } })

  const underOld = statuses.length
  expect((await rotate('start')).ok).toBe(true)
  token = newTokenIn(await tokens())
  await vi.waitUntil(() => statuses.length > underOld + 20, PATIENCE)
  expect((await rotate('finish')).ok).toBe(true)
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
