import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

/**
 * The flag of a membership stays a boolean in Braze, whatever its name is and whatever value is sent for it.
 */

let bridge: RunningBridge

beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({ default: { flagName: 'm_{audience}_{split}' }, crm: {} }),
  })
})
afterAll(() => discard(bridge))

const HELD = { AIQ_7_0: true }
const CSV = 'external_id,m_7_0,m_8_0\nfixture-me,true,0\n'
const ROW = { external_id: 'fixture-me' }
const TEXT = { ...ROW, m_7_0: 'fixture-text' }
const MIXED = [{ ...ROW, audience_id: '7' }, TEXT]

test.each<
  [
    rule: string,
    before: object | undefined,
    path: string,
    body: unknown,
    status: number,
    stored: object | undefined,
  ]
>([
  ['text is rejected in a row', HELD, '/v1/activations', TEXT, 422, { m_7_0: true }],
  [
    'text is rejected in the body of Braze',
    HELD,
    '/users/track',
    { attributes: [{ ...TEXT, tier: 'x' }] },
    400,
    { m_7_0: true },
  ],
  ['text is not merged over a membership', undefined, '/v1/activations', MIXED, 200, { m_7_0: true }],
  ['text is rejected on another connection', undefined, '/v1/crm/activations', TEXT, 422, undefined],
  [
    'words are true or false, as in an AIQ_ column',
    undefined,
    '/v1/activations',
    CSV,
    200,
    { m_7_0: true, m_8_0: false },
  ],
  ['null removes it', { ...HELD, tier: 'x' }, '/v1/activations', { ...ROW, m_7_0: null }, 200, { tier: 'x' }],
  [
    'a boolean passes in the body of Braze',
    undefined,
    '/users/track',
    { attributes: [{ ...ROW, m_7_0: false }] },
    201,
    { m_7_0: false },
  ],
  ...['AIQ_SEGMENT_NM', 'AIQ_Segment_NM', 'AIQ_Segment_Nm', 'aiq_segment_nm'].map(
    (header): [string, undefined, string, unknown, number, object] => [
      `${header} is a text like any other`,
      undefined,
      '/v1/activations',
      { ...ROW, ...HELD, [header]: 'fixture-name' },
      200,
      { m_7_0: true, [header]: 'fixture-name' },
    ],
  ),
])('%s', async (rule, before, path, body, status, stored) => {
  const person = `fixture-${rule.replaceAll(/\W/g, '-')}`
  if (before) await bridge.post('/v1/activations', { external_id: person, ...before })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const token = path.includes('crm') ? 'fixture-inbound-token-crm' : 'fixture-inbound-token'
  const answer = await bridge.post(path, text.replaceAll('fixture-me', person), { 'x-api-key': token })
  await bridge.queues.waitUntilQuiet()
  expect([answer.status, attributesOf(bridge, person)]).toEqual([status, stored])
  if (path.startsWith('/v1') && text.includes('fixture-text'))
    expect(answer.json.errors).toMatchObject([{ code: 'FLAG_NOT_BOOLEAN', field: 'm_7_0' }])
})
