import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

/** @returns the status, the codes of rejected rows, and the attributes that Braze holds afterwards. */
async function send(path: string, id: string, attributes: object) {
  const object = { external_id: id, ...attributes }
  const body = path.endsWith('track') ? { attributes: [object] } : [object]
  const { status, json } = await bridge.post(path, body)
  await bridge.queues.waitUntilQuiet()
  return { status, errors: json.errors ?? [], stored: attributesOf(bridge, id) }
}

describe('under a name of its own', () => {
  test('text is rejected on the way of rows, and the membership stays', async () => {
    await send('/v1/activations', 'f-1', { AIQ_7_0: true })
    const { status, errors, stored } = await send('/v1/activations', 'f-1', { m_7_0: 'fixture-text' })
    expect(status).toBe(422)
    expect(errors).toMatchObject([{ code: 'FLAG_NOT_BOOLEAN', field: 'm_7_0' }])
    expect(stored).toEqual({ m_7_0: true })
  })

  test('text is rejected in the body of Braze, and the membership stays', async () => {
    await send('/v1/activations', 'f-2', { AIQ_7_0: true })
    const { status, stored } = await send('/users/track', 'f-2', { m_7_0: 'fixture-text', tier: 'x' })
    expect(status).toBe(400)
    expect(stored).toEqual({ m_7_0: true })
  })

  test('text is not merged over a membership of the same request', async () => {
    const rows = [
      { external_id: 'f-3', audience_id: '7' },
      { external_id: 'f-3', m_7_0: 'fixture-text' },
    ]
    expect((await bridge.post('/v1/activations', rows)).json).toMatchObject({ accepted: 1, rejected: 1 })
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'f-3')).toEqual({ m_7_0: true })
  })

  test('the words that a flag may hold are true or false, as in an AIQ_ column', async () => {
    const csv = 'external_id,m_7_0,m_8_0\nf-4,true,0\n'
    await bridge.post('/v1/activations', csv, { 'content-type': 'text/csv' })
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'f-4')).toEqual({ m_7_0: true, m_8_0: false })
  })

  test('null removes the flag', async () => {
    await send('/v1/activations', 'f-7', { AIQ_7_0: true, tier: 'x' })
    expect(await send('/v1/activations', 'f-7', { m_7_0: null })).toMatchObject({
      status: 200,
      stored: { tier: 'x' },
    })
  })

  test('a boolean passes in the body of Braze', async () => {
    expect(await send('/users/track', 'f-5', { m_7_0: false })).toMatchObject({
      status: 201,
      stored: { m_7_0: false },
    })
  })

  test('text is rejected on another connection of the same workspace', async () => {
    const token = { 'x-api-key': `${'fixture-inbound-token'}-crm` }
    const row = [{ external_id: 'f-6', m_7_0: 'fixture-text' }]
    const { json } = await bridge.post('/v1/crm/activations', row, token)
    expect(json.errors).toMatchObject([{ code: 'FLAG_NOT_BOOLEAN' }])
  })
})

describe("ActionIQ's column of the segment's name", () => {
  test.each(['AIQ_SEGMENT_NM', 'AIQ_Segment_NM', 'AIQ_Segment_Nm', 'aiq_segment_nm'])(
    '%s is text like any other, and the memberships beside it arrive',
    async (header) => {
      const id = `s-${header}`
      const { status, stored } = await send('/v1/activations', id, {
        AIQ_7_0: true,
        [header]: 'fixture-name',
      })
      expect(status).toBe(200)
      expect(stored).toEqual({ m_7_0: true, [header]: 'fixture-name' })
    },
  )
})
