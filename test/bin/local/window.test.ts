import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withSampleConnection } from '../../../bin/local/samples.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'
import { CHROMIUM, SANDBOX, STEP_TIMEOUT } from './chromium.ts'
import { tempDir } from './temp-dir.ts'

const IS_INSTALLED = existsSync(CHROMIUM)
if (!IS_INSTALLED)
  console.warn(
    `The window is not tested: no browser at ${CHROMIUM}. apt-get install chromium, or set CHROMIUM.`,
  )

/** How much faster than usual the page polls. */
const SPEED = 10

describe.skipIf(!IS_INSTALLED)('the window, in Chromium', { timeout: 2 * STEP_TIMEOUT }, () => {
  let browser: Browser
  let bridge: RunningBridge
  let page: Page
  /** All console messages and page errors of the browser. */
  let errors: string[]
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SANDBOX, timeout: STEP_TIMEOUT })
  }, STEP_TIMEOUT)
  afterAll(() => browser.close())
  beforeEach(async () => {
    bridge = await startBridge({ connections: withSampleConnection(Connections.parse({})) })
    page = await browser.newPage()
    page.setDefaultTimeout(STEP_TIMEOUT)
    await page.addInitScript(`const wait = setTimeout; setTimeout = (run, ms) => wait(run, ms / ${SPEED})`)
    errors = []
    page.on('console', (message) => errors.push(message.text()))
    page.on('pageerror', (error) => errors.push(error.message))
  }, STEP_TIMEOUT)
  afterEach(async () => {
    await page.close()
    await discard(bridge)
    expect(errors).toEqual([])
  }, STEP_TIMEOUT)

  const open = async () => {
    await page.goto(bridge.windowUrl)
    await page.getByText('Live', { exact: true }).waitFor()
  }
  const counted = (name: string, count: string) =>
    page.locator(`[data-count=${name}]`).filter({ hasText: count }).waitFor()
  const sendRow = async (row: object) => {
    await page.getByLabel('What to send').fill(JSON.stringify([row]))
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('#answer pre').filter({ hasText: '"requestId"' }).waitFor()
  }
  const rejectFor = (type: string) =>
    bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u1'], times: 'always', type }])

  test('a sample that the form sends is counted on its way, and Braze then holds it', async () => {
    await open()
    await page.getByRole('combobox', { name: /^Sample/ }).selectOption('activation.json')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('5 accepted, 0 parked: activations').waitFor()
    for (const name of ['received', 'accepted', 'delivered']) await counted(name, '5')
    await page.getByRole('row').filter({ hasText: '5 profiles' }).filter({ hasText: '201' }).waitFor()
    await page.getByLabel('external_id or braze_id').fill('cust-0001')
    await page.keyboard.press('Enter')
    await page.getByText('1840.5 number').waitFor()
    await page.getByText('true true or false').first().waitFor()
  })

  test('a refused request leaves a trace', async () => {
    await open()
    await page.getByLabel('What to send').fill('[{')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('#inbound tr').filter({ hasText: '400' }).filter({ hasText: 'json' }).waitFor()
  })

  test('it shows a command line that sends a row from a terminal', async () => {
    await open()
    await page.getByText('Send from another program').click()
    await page.getByRole('button', { name: 'Copy' }).waitFor()
    const line = await page.locator('#outside-curl').textContent()
    expect(line).toMatch(/^curl .*http:\/\/127\.0\.0\.1:\d+\/v1\/activations -H 'x-api-key: \S{10,}'/)
  })

  test('a parked row shows its reason, and once the cause is corrected, its button redrives it', async () => {
    await open()
    rejectFor('fixture reason of Braze')
    await sendRow({ external_id: 'fixture-u1', tier: 'fixture-tier-7731' })
    const group = page.getByRole('article', { name: 'REJECTED_BY_BRAZE' })
    await group.getByText('fixture reason of Braze').waitFor()
    await counted('parked', '1')
    bridge.simulator.clearScript()

    await group.getByRole('button', { name: 'Redrive all of REJECTED_BY_BRAZE' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('1 record of 1 dead letter would go to the end of the queue.').waitFor()
    expect(bridge.queues.deadLetters().length).toBe(1)
    await dialog.getByRole('button', { name: 'Redrive 1 record' }).click()
    await dialog.getByText('1 record redriven.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).click()
    await group.waitFor({ state: 'detached' })
    await counted('delivered', '1')
    await page.getByLabel('external_id or braze_id').fill('fixture-u1')
    await page.getByRole('button', { name: 'Look up' }).click()
    await page.getByText('fixture-tier-7731').last().waitFor()
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'fixture-tier-7731' })
  })

  test('markup in values, names and answers of Braze stays text', async () => {
    await open()
    const markup = '<img src="/icon.svg?fixture" onerror="document.title=1" onload="document.title=1">'
    rejectFor(markup)
    await sendRow({ external_id: 'fixture-u1', tier: markup })
    const group = page.getByRole('article', { name: 'REJECTED_BY_BRAZE' })
    await group.getByText(markup).first().waitFor()
    await group.getByText('Dead letters').click()
    await group.locator('.dead-letters summary').click()
    await group.locator('pre').filter({ hasText: '"tier": "<img src=' }).waitFor()
    bridge.simulator.clearScript()
    await sendRow({ external_id: 'fixture-u1', [`${markup} tier`]: markup })
    await page.getByLabel('external_id or braze_id').fill('fixture-u1')
    await page.keyboard.press('Enter')
    await page.locator('#person dd').filter({ hasText: markup }).waitFor()
    expect(await page.locator('img').count()).toBe(0)
  })

  test('a paused queue holds what is accepted, lane by lane, until it is resumed', async () => {
    await open()
    await page.getByRole('button', { name: 'Pause profiles' }).click()
    await page.getByRole('button', { name: 'Resume profiles' }).waitFor()
    await sendRow({ external_id: 'fixture-u2', tier: 'x' })
    const queue = page.getByRole('region', { name: 'Queue profiles' })
    await queue.getByText('1 queued, 0 in flight').waitFor()
    await queue.getByRole('img', { name: '1 of 16 lanes hold messages' }).waitFor()
    await page.getByRole('button', { name: 'Resume profiles' }).click()
    await counted('delivered', '1')
    await queue.getByRole('img', { name: '0 of 16 lanes hold messages' }).waitFor()
  })

  test('while Braze refuses the key, nothing on the page is green, and it says why and what to do', async () => {
    await open()
    const answers = page.getByLabel('The simulated Braze answers')
    await Promise.all([page.waitForResponse('**/api/rehearsal'), answers.selectOption('401, for a minute')])
    await sendRow({ external_id: 'fixture-u1', tier: 'x' })
    await page.getByText('Braze refuses the key (401).').waitFor()
    await page.getByText('Rows are held', { exact: true }).waitFor()
    await page.getByText(/^1 message waits, the oldest for .* Nothing is lost/).waitFor()
    await page.getByText(`npm run ops -- check --local --state-dir ${bridge.stateDir}`).waitFor()
    expect(await page.title()).toMatch(/^Braze refuses the key \(401\)\. /)
    expect(await page.locator('#icon').getAttribute('href')).toBe('/icon-problem.svg')
    await answers.selectOption('normally')
    await counted('delivered', '1')
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.locator('#verdict').isVisible()).toBe(false)
  })

  test('when the local run is gone, the page says since when, and its controls do nothing', async () => {
    await open()
    await page.route('**/api/**', (route) => route.abort())
    await page.getByText(/^The local run does not answer\. The figures are from \d\d:\d\d:\d\d\.$/).waitFor()
    expect(await page.locator('#open').evaluate((main) => main.inert)).toBe(true)
    await page.unroute('**/api/**')
    await page.getByText('Live', { exact: true }).waitFor()
    expect(await page.locator('#open').evaluate((main) => main.inert)).toBe(false)
    errors.length = 0
  })

  /** Chooses a file of this machine, which then can change. */
  const choose = (name: string, content: string) => {
    const file = join(tempDir(), name)
    writeFileSync(file, content)
    return page
      .getByLabel('or a file')
      .setInputFiles(file)
      .then(() => file)
  }
  const answer = () => page.locator('#answer')

  test('a chosen file is checked before it is sent: rejected rows, likely mistakes, and what to add', async () => {
    await open()
    await choose(
      'rows.csv',
      'external_id,audience_id,op,LTV\nfixture-u1,1042,jion,77.31\nfixture-u2,1042,enter,78.31\n',
    )
    await page.getByText('1 of 2 rows would be rejected: activations, connection default').waitFor()
    await answer().getByText('OP_UNKNOWN in op: row 0 (line 2)').waitFor()
    await answer().getByText('The bridge does not know this operation.').waitFor()
    await answer().getByText('NUMBERS_AS_TEXT in LTV (2 rows)').waitFor()
    await answer().getByText('Add to cdk.json under the connection “default”').waitFor()
    expect(await answer().textContent()).not.toMatch(/fixture-u|77\.31|jion/)

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await answer().getByRole('button', { name: 'Copy the setting for NUMBERS_AS_TEXT' }).press('Enter')
    await answer().getByText('Copied').waitFor()
    const copied = await page.evaluate('navigator.clipboard.readText()')
    expect(copied).toBe('"columns": {"LTV": {"type": "number"}}')

    await page.getByRole('combobox', { name: /^Connection/ }).selectOption('sample')
    await page.getByText('1 of 2 rows would be rejected: activations, connection sample').waitFor()
    await counted('received', '0')
    expect(bridge.queues.deadLetters()).toEqual([])
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('1 accepted, 1 parked: activations').waitFor()
    await counted('delivered', '1')
  })

  test('a text is checked by its button, and a sample when it is chosen', async () => {
    await open()
    const check = (text: string) =>
      page
        .getByLabel('What to send')
        .fill(text)
        .then(() => page.getByRole('button', { name: 'Check' }).press('Enter'))
    await check('[{ "external_id": "fixture-u1", "tier": "x" }]')
    await page.getByText('The row can be used: activations, connection default').waitFor()
    expect(await answer().getByRole('list').count()).toBe(0)
    await check('name,tier\nx,gold\n')
    await page.getByText('The body is not valid JSON: activations, connection default').waitFor()
    await answer().getByText('The JSON is not valid at line 1, column 1').waitFor()
    await page.getByRole('combobox', { name: /^Sample/ }).selectOption('mixed-bad.json')
    await page.getByText('of 7 rows would be rejected: records, connection sample').waitFor()
    await counted('received', '0')
  })

  test('a file that is too large, or has changed since it was chosen, is neither checked nor sent', async () => {
    await open()
    await choose('large.csv', 'x'.repeat(10 * 1024 * 1024 + 1))
    const isTooLarge = answer().getByText('“npm run ops -- send FILE --local” splits a file')
    await isTooLarge.waitFor()
    const file = await choose('rows.csv', 'external_id,tier\nfixture-u1,x\nfixture-u2,x\n')
    await page.getByText('All 2 rows can be used').waitFor()
    writeFileSync(file, 'external_id,tier\nfixture-u1,x\n')
    await page.getByRole('button', { name: 'Send' }).click()
    await answer().getByText('The file has changed since it was chosen').waitFor()
    await page.getByLabel('or a file').setInputFiles(file)
    await page.getByText('The row can be used').waitFor()
    await counted('received', '0')
  })

  test('the token is kept for the tab and removed from the address; without one, the page says how to open it', async () => {
    await open()
    const address = new URL('/', bridge.windowUrl).href
    expect(page.url()).toBe(address)
    await page.reload()
    await page.getByText('Live', { exact: true }).waitFor()
    const other = await browser.newPage()
    await other.goto(address)
    await other.getByText('Open the link that npm start prints as “Window”').waitFor()
    expect(await other.getByRole('main').isVisible()).toBe(false)
    await other.close()
  })
})
