import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge } from './bridge.ts'

let bridge: RunningBridge

beforeAll(async () => {
  bridge = await startBridge({ connections: Connections.parse({ exact: { matchStandardFields: false } }) })
})
afterAll(() => discard(bridge))

const CSV = (id: string) =>
  `EXTERNAL_ID,AIQ_SEGMENTID,EMAIL,FIRST_NAME,COUNTRY,DOB,EMAIL_SUBSCRIBE
${id},1042,fixture@example.com,Fixture,Germany,1980-12-21T00:00:00Z,Opted In
`

test('a CSV in upper case ends in Braze’s standard fields', async () => {
  const { status } = await bridge.post('/v1/activations', CSV('u-1'), { 'content-type': 'text/csv' })
  await bridge.queues.waitUntilQuiet()
  expect(status).toBe(200)
  expect(bridge.simulator.profile({ external_id: 'u-1' })).toMatchObject({
    custom_attributes: { AIQ_1042_0: true },
    standard: {
      email: 'fixture@example.com',
      first_name: 'Fixture',
      country: 'DE',
      dob: '1980-12-21',
      email_subscribe: 'opted_in',
    },
  })
})

test('and in custom attributes if its connection matches exact names only', async () => {
  const token = { 'x-api-key': 'fixture-inbound-token-exact', 'content-type': 'text/csv' }
  const { status } = await bridge.post('/v1/exact/activations', CSV('u-2'), token)
  await bridge.queues.waitUntilQuiet()
  expect(status).toBe(200)
  expect(bridge.simulator.profile({ external_id: 'u-2' })).toMatchObject({
    custom_attributes: {
      AIQ_1042_0: true,
      EMAIL: 'fixture@example.com',
      FIRST_NAME: 'Fixture',
      COUNTRY: 'Germany',
      DOB: '1980-12-21T00:00:00Z',
      EMAIL_SUBSCRIBE: 'Opted In',
    },
    standard: {},
  })
})
