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

test('a field that cannot hold its value is dead-lettered alone, and the membership arrives', async () => {
  const rows = `EXTERNAL_ID,AIQ_SEGMENTID,COUNTRY,DOB,EMAIL_SUBSCRIBE
u-3,1042,Neverland,31/12/1980,true
`
  const { json } = await bridge.post('/v1/activations', rows, { 'content-type': 'text/csv' })
  await bridge.queues.waitUntilQuiet()
  expect(json).toMatchObject({ accepted: 1, rejected: 0 })
  expect(bridge.simulator.profile({ external_id: 'u-3' })).toMatchObject({
    custom_attributes: { AIQ_1042_0: true },
    standard: {},
  })
  const letters = bridge.queues.deadLetters()
  expect(
    letters.map(({ body }) => JSON.parse(body)).map(({ failure, records }) => [failure.code, records]),
  ).toEqual([
    [
      'ATTRIBUTE_REFUSED',
      [
        {
          type: 'profile',
          external_id: 'u-3',
          attributes: { country: 'Neverland', dob: '31/12/1980', email_subscribe: 'true' },
        },
      ],
    ],
  ])
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
