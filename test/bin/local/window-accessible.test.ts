import { existsSync } from 'node:fs'
import axe, { type AxeResults } from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withSampleConnection } from '../../../bin/local/samples.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'
import { CHROMIUM, SANDBOX, STEP_TIMEOUT } from './chromium.ts'

/** The rules of WCAG 2.2, levels A and AA, and axe's best practices, in each state of the window. */

const SCHEMES = ['light', 'dark'] as const
const SIZES = [
  { width: 1280, height: 720 },
  { width: 360, height: 740 },
]

describe.skipIf(!existsSync(CHROMIUM))('axe finds nothing', { timeout: 3 * STEP_TIMEOUT }, () => {
  let browser: Browser
  let bridge: RunningBridge
  let page: Page
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: SANDBOX, timeout: STEP_TIMEOUT })
  }, STEP_TIMEOUT)
  afterAll(() => browser.close())
  beforeEach(async () => {
    bridge = await startBridge({ connections: withSampleConnection(Connections.parse({})) })
    // The page's own policy would keep axe out.
    page = await browser.newPage({ bypassCSP: true, reducedMotion: 'reduce' })
    page.setDefaultTimeout(STEP_TIMEOUT)
    await page.goto(bridge.windowUrl)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.addScriptTag({ content: axe.source })
  }, STEP_TIMEOUT)
  afterEach(async () => {
    await page.close()
    await discard(bridge)
  }, STEP_TIMEOUT)

  async function findings(): Promise<string[]> {
    const found: string[] = []
    for (const colorScheme of SCHEMES)
      for (const size of SIZES) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize(size)
        const { violations }: AxeResults = await page.evaluate('axe.run()')
        found.push(
          ...violations.map(({ id, nodes }) => `${colorScheme} ${size.width}: ${id} ${nodes[0]?.html}`),
        )
      }
    return found
  }

  const send = async (body: string) => {
    await page.getByLabel('What to send').fill(body)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('#answer pre').first().waitFor()
  }

  test('at rest', async () => {
    expect(await findings()).toEqual([])
  })

  test('with a sample that is checked, sent and looked up', async () => {
    await page.getByRole('combobox', { name: /^Sample/ }).selectOption('activation.json')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByText('5 accepted, 0 parked: activations').waitFor()
    await page.getByLabel('external_id or braze_id').fill('cust-0001')
    await page.keyboard.press('Enter')
    await page.getByText('1840.5 number').waitFor()
    await page.getByText('Send from another program').click()
    expect(await findings()).toEqual([])
  })

  test('with a dead letter that is open, and the dialog to redrive it', async () => {
    await send('[{"external_id":"fixture-u1","audience_id":"1042","op":"jion"}]')
    const group = page.getByRole('article', { name: 'OP_UNKNOWN' })
    await group.getByText('Dead letters').click()
    await group.locator('.dead-letters summary').click()
    expect(await findings()).toEqual([])
    await group.getByRole('button', { name: /^Redrive all/ }).click()
    await page.getByRole('dialog').waitFor()
    expect(await findings()).toEqual([])
  })

  test('while rows are held', async () => {
    await page.getByLabel('The simulated Braze answers').selectOption('503, for a minute')
    await send('[{"external_id":"fixture-u1","tier":"x"}]')
    await page.getByText('Rows are held', { exact: true }).waitFor()
    expect(await findings()).toEqual([])
  })

  test('while a queue is paused', async () => {
    await page.getByRole('button', { name: 'Pause profiles' }).click()
    await page.getByRole('button', { name: 'Resume profiles' }).waitFor()
    expect(await findings()).toEqual([])
  })
})
