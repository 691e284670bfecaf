import { describe, expect, it, test } from 'vitest'
import {
  byHmac,
  byWebhook,
  ENTER,
  JOINED,
  openReceiver,
  SIGNATURES,
  START,
  TOKEN,
  timeless,
} from './signed-requests-fixture.ts'

describe.each([...SIGNATURES, ['hmac without a time', timeless] as const])(
  'a request that is signed by %s',
  (_, sign) => {
    it.each([
      'audience_id',
      'AIQ_SegmentID',
      'split_id',
      'op',
      'run_id',
      'external_id',
      'export_ts',
      'AIQ_7_2',
    ])('must not have %s in its URL', async (name) => {
      const { send, stored } = openReceiver()
      const { status, json } = await send(sign(ENTER), { query: { [name]: '8' } })
      expect([status, json.type]).toEqual([400, 'urn:actioniq-braze-bridge:problem:parameter-not-signed'])
      expect(json.detail).toContain(`"${name}" could be changed by others. Put it into the body`)
      expect(stored('profiles')).toEqual([])
    })

    it('may have a parameter in its URL that has no meaning', async () => {
      const { send, stored } = openReceiver()
      expect(await send(sign(ENTER), { query: { utm_source: 'x' } })).toMatchObject({
        status: 200,
        json: { ignoredFields: ['utm_source'] },
      })
      expect(stored('profiles')).toEqual([JOINED])
    })

    it.each([
      ['activations', ENTER, '/records only'],
      ['events', '[{"external_id":"u-1","name":"n"}]', '/records only'],
      [
        'users/track',
        '{"events":[{"external_id":"u-1","name":"n"}]}',
        'This path does not accept signed requests',
      ],
    ])('is not accepted at another endpoint: %s', async (endpoint, rows, says) => {
      const { send, stored } = openReceiver()
      const request = sign(rows)
      const { status, body } = await send(request, { path: request.path.replace('records', endpoint) })
      expect(status).toBe(400)
      expect(body).toContain(says)
      expect(['profiles', 'events', 'profiles-dlq', 'events-dlq'].flatMap(stored)).toEqual([])
    })

    it('reports both problems in a test of the connection', async () => {
      const { send } = openReceiver()
      const test = { method: 'GET' }
      expect(await send(sign(''), test)).toMatchObject({ status: 200 })
      expect(
        await send(sign(''), { ...test, path: sign('').path.replace('records', 'events') }),
      ).toMatchObject({
        status: 400,
      })
      expect(await send(sign(''), { ...test, query: { op: 'leave' } })).toMatchObject({ status: 400 })
    })

    it('is read in the same way whatever its unsigned headers say', async () => {
      const rows = 'tier,external_id\ngold,u-1'
      const signed = sign(rows)
      for (const header of [
        {},
        { 'content-type': 'application/json' },
        { 'content-type': 'application/x-www-form-urlencoded; charset=utf-16' },
        { 'content-encoding': 'gzip' },
        { 'content-encoding': 'deflate' },
      ]) {
        const { send, stored } = openReceiver()
        await send(signed, { headers: { ...signed.headers, ...header } })
        expect(stored('profiles')).toEqual([
          { type: 'profile', external_id: 'u-1', attributes: { tier: 'gold' } },
        ])
      }
    })
  },
)

test('the parameters of the URL can be used by whoever shows a token, even if signatures are accepted too', async () => {
  const rows = '[{"external_id":"u-1"}]'
  const query = { audience_id: '7' }
  const { send, stored } = openReceiver()
  const signed = byHmac(rows, START, 'either')
  expect(await send(signed, { query })).toMatchObject({ status: 400 })
  const token = { authorization: `Bearer ${TOKEN}` }
  expect(await send({ ...signed, headers: token }, { query })).toMatchObject({ status: 200 })
  expect(await send({ ...signed, headers: { ...signed.headers, ...token } }, { query })).toMatchObject({
    status: 200,
  })
  expect(stored('profiles')).toEqual([JOINED, JOINED])
})

test('a wrong token beside a signature opens nothing', async () => {
  const { send } = openReceiver()
  const signed = byHmac('[{"external_id":"u-1"}]', START, 'either')
  const headers = { ...signed.headers, authorization: 'Bearer fixture-wrong' }
  expect(await send({ ...signed, headers }, { query: { audience_id: '7' } })).toMatchObject({ status: 400 })
})

test('events have an endpoint of their own', async () => {
  const { send, stored } = openReceiver()
  const request = byWebhook('[{"external_id":"u-1","name":"n"}]')
  expect(await send(request, { path: '/v1/actions/events' })).toMatchObject({ status: 200 })
  expect(stored('events')).toHaveLength(1)
})
