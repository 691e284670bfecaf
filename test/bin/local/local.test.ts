import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { tempDir } from './temp-dir.ts'

const ENTRY = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))

/** Runs `node bin/run.js start` as npm does, on any free port. */
const run = (env: Record<string, string>, ...args: string[]) => {
  const child = spawn(process.execPath, [ENTRY, 'start', ...args], {
    env: { PATH: process.env.PATH, PORT: '0', ...env },
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  let errors = ''
  const watchers = new Set<() => void>()
  child.stdout.on('data', (chunk) => {
    output += chunk
    for (const look of watchers) look()
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const ended = once(child, 'exit').then(([code]) => ({ code, output, errors }))
  const until = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve) => {
      const look = () => {
        const found = pattern.exec(output)
        if (found) resolve(found)
      }
      watchers.add(look)
      look()
    })
  return { child, ended, until }
}

const READY = /Ctrl-C stops/
const WEBHOOK = /(http:\/\/127\.0\.0\.1:\d+)\/v1\/activations/
const SIMULATOR = /(http:\/\/127\.0\.0\.1:\d+)\/simulator/
const JSON_WITH_TOKEN = { 'content-type': 'application/json', 'x-api-key': 'local-development-token' }

test('the demo shows each row of the sample, and ends with SIGINT', async () => {
  const { child, ended, until } = run({ STATE_DIR: tempDir() }, '--demo')
  await until(READY)
  child.kill('SIGINT')
  const { code, output, errors } = await ended
  expect(code).toBe(0)
  expect(errors).toBe('')
  for (const line of [
    '  row 0  cust-0001                 loyalty_tier = "gold" (now "platinum")',
    '                                   expiry = "2026-01-05T00:00:00Z"',
    '  row 3  cust-0004                 AIQ_1042_2 = false',
    '  row 0  cust-0001                 event cart_abandoned at 2026-11-20T10:00:00Z',
    '                                   time_ = "evening"',
    '  row 1  (nobody)                  parked: IDENTIFIER_MISSING',
    '  row 6  cust-0015                 loyalty_tier removed',
    '  cust-0013                 AIQ_1042_2 = false',
  ])
    expect(output).toContain(`${line}\n`)
  expect(output).not.toContain('not in Braze yet')
})

test('nothing accepted is lost to kill -9, and SIGTERM ends a start', async () => {
  const state = { STATE_DIR: tempDir() }
  const first = run(state)
  await first.until(READY)
  const [, simulator] = await first.until(SIMULATOR)
  await fetch(`${simulator}/simulator/script`, {
    method: 'POST',
    body: '[{"do":"answer","status":503,"times":"always"}]',
  })
  const [, url] = await first.until(WEBHOOK)
  const response = await fetch(`${url}/v1/activations`, {
    method: 'POST',
    headers: JSON_WITH_TOKEN,
    body: '{"external_id":"p-7731","tier":"fixture-tier-7731"}',
  })
  expect(response.status).toBe(200)
  await first.until(/⇒.*503/)
  first.child.kill('SIGKILL')
  await first.ended

  const second = run(state)
  await second.until(/⇒.*201/)
  const [, simulatorAgain] = await second.until(SIMULATOR)
  const profile = await fetch(`${simulatorAgain}/simulator/profiles/p-7731`)
  expect(await profile.json()).toMatchObject({ custom_attributes: { tier: 'fixture-tier-7731' } })
  second.child.kill('SIGTERM')
  expect(await second.ended).toMatchObject({ code: 0, errors: '' })
})
