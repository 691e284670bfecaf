import { describe, expect, it } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { toRecords } from '../../../../functions/receiver/read/records.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import { takesTooLong } from '../../../../functions/receiver/store/enqueue.ts'
import { toMessages } from '../../../../functions/receiver/store/messages.ts'
import type { JsonObject } from '../../../../functions/shared/json.ts'
import { CONNECTION, ids, SETTINGS } from '../settings-fixture.ts'

const ORIGIN = {
  connection: 'default',
  receivedAt: '2026-01-05T10:00:00.000Z',
  requestId: 'request-1',
  senderKey: undefined,
}

/** Uses one lane by default, so that the tests see where a list of rows is cut into messages. */
function messagesOf(
  rows: JsonObject[],
  {
    endpoint = 'records' as Endpoint,
    lanes = 1,
    objectsPerRequest = 75,
    senderKey = undefined as string | undefined,
    requestId = 'request-1',
  } = {},
) {
  const settings = { ...SETTINGS, lanes, objectsPerRequest }
  const { accepted } = toRecords({ rows, inherited: {}, ignoredFields: [] }, endpoint, rowReader(CONNECTION))
  return toMessages(accepted, { ...ORIGIN, senderKey, requestId }, settings, ids())
}
const sizes = (rows: JsonObject[], settings: { objectsPerRequest?: number } = {}) =>
  messagesOf(rows, settings).map((list) => list.map(({ body }) => JSON.parse(body).records.length))

const profile = (user: string, more: JsonObject = { a: 1 }) => ({ external_id: user, ...more })
const event = (user: string) => ({ external_id: user, event: 'visit' })

it('writes a message whole', () => {
  expect(messagesOf([profile('u-1')], { lanes: 16 })).toEqual([
    [
      {
        queueUrl: 'profiles',
        group: 'lane-15',
        dedupId: 'id-1',
        body: '{"v":1,"id":"id-2","connection":"default","receivedAt":"2026-01-05T10:00:00.000Z","requestId":"request-1","records":[{"type":"profile","external_id":"u-1","attributes":{"a":1}}]}',
      },
    ],
  ])
})

describe('lanes', () => {
  it('keep all rows of a user together, in the order of the rows', () => {
    const rows = Array.from({ length: 64 }, (_, i) => profile(`u-${i % 8}`, { n: i }))
    const lists = messagesOf(rows, { lanes: 4 })
    const usersPerLane = lists.map((list) => {
      const records = list.flatMap(({ body }) => JSON.parse(body).records)
      const order = records.map(({ attributes }) => attributes.n)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      return new Set(records.map(({ external_id }) => external_id))
    })
    expect(usersPerLane.reduce((sum, users) => sum + users.size, 0)).toBe(8)
  })

  it('are separate for profiles and events', () => {
    const lists = messagesOf([profile('u-1'), event('u-1'), profile('u-1')])
    expect(
      lists.map((list) => list.map(({ queueUrl, body }) => [queueUrl, JSON.parse(body).records.length])),
    ).toEqual([[['profiles', 2]], [['events', 1]]])
  })
})

describe('a message is closed', () => {
  it.each([75, 50])('at as many records as a request to Braze may hold: %i', (objectsPerRequest) => {
    const most = objectsPerRequest
    const events = Array.from({ length: 2 * most + 1 }, () => event('u-1'))
    expect(sizes(events, { objectsPerRequest })).toEqual([[most, most, 1]])
    const profiles = Array.from({ length: 2 * most + 1 }, (_, n) => profile(`u-${n}`))
    expect(sizes(profiles, { objectsPerRequest })).toEqual([[most, most, 1]])
  })

  it('at 500 plain records, from the ninth message of a lane on', () => {
    const rows = Array.from({ length: 8 * 75 + 501 }, (_, n) => profile(`u-${n}`))
    expect(sizes(rows)).toEqual([[75, 75, 75, 75, 75, 75, 75, 75, 500, 1]])
    expect(sizes(Array.from({ length: 8 * 75 + 76 }, () => event('u-1')))).toEqual([
      [75, 75, 75, 75, 75, 75, 75, 75, 75, 1],
    ])
  })

  it('so that the most rows of one person can be sent in time, one message after the other', () => {
    const rows = Array.from({ length: 100_000 }, () => profile('u-1'))
    expect(takesTooLong([sizes(rows)[0] ?? []])).toBe(false)
  })

  it('where safe records change to relative ones, and back', () => {
    expect(
      sizes([
        profile('u-1'),
        profile('u-2'),
        profile('u-3', { visits: { inc: 1 } }),
        profile('u-4', { tags: { add: ['x'] } }),
        profile('u-5'),
      ]),
    ).toEqual([[2, 2, 1]])
  })

  it('before the second relative write of one user', () => {
    const inc = (user: string) => profile(user, { visits: { inc: 1 } })
    expect(sizes([inc('u-1'), inc('u-2'), inc('u-1'), inc('u-2'), inc('u-2')])).toEqual([[2, 2, 1]])
  })

  it('where the ids that AWS gives the request do not matter, so that a repetition is cut in the same way', () => {
    const cuts = (requestId: string) =>
      // One of these pairs of rows fits exactly.
      Array.from({ length: 300 }, (_, more) => {
        const rows = [
          profile('u-1', { a: 'x'.repeat(100_000) }),
          profile('u-2', { a: 'x'.repeat(99_550 + more) }),
        ]
        return messagesOf(rows, { requestId }).map((list) => list.length)
      })
    expect(new Set(cuts('request-1').flat())).toEqual(new Set([1, 2]))
    expect(cuts('request-of-another-length')).toEqual(cuts('request-1'))
  })

  it('before it is over 200,000 bytes', () => {
    const lists = messagesOf(
      Array.from({ length: 5 }, (_, i) => profile(`u-${i}`, { a: 'x'.repeat(99_000) })),
    )
    expect(lists.flat().map(({ body }) => JSON.parse(body).records.length)).toEqual([2, 2, 1])
    for (const { body } of lists.flat()) expect(body.length).toBeLessThanOrEqual(200_000)
  })

  it('with the largest record that there can be, alone', () => {
    const largest = profile('u-1', { a: 'x'.repeat(179_900) })
    expect(sizes([profile('u-0', { a: 'x'.repeat(99_000) }), largest])).toEqual([[1, 1]])
  })
})

describe('deduplication ids', () => {
  it('differ for two equal messages of one request', () => {
    const same = { external_id: 'u-1', event: 'visit', event_id: 'e-1' }
    const [list = []] = messagesOf(Array.from({ length: 150 }, () => same))
    expect(list).toHaveLength(2)
    expect(list[0]?.dedupId).toMatch(/^[0-9a-f]{64}$/)
    expect(list[1]?.dedupId).not.toBe(list[0]?.dedupId)
  })

  it('are the same for the same request, if all of its events are recognisable', () => {
    const own = { external_id: 'u-1', event: 'visit', event_id: 'e-1' }
    const idOf = (rows: JsonObject[]) => messagesOf(rows)[0]?.[0]?.dedupId
    expect(idOf([own])).toMatch(/^[0-9a-f]{64}$/)
    expect(idOf([own])).toBe(idOf([own]))
    expect(idOf([event('u-1')])).toBe('id-1')
  })

  it('of events that can be recognised are spared by those that cannot, in order', () => {
    const own = (n: number) => ({ ...event('u-1'), event_id: `e-${n}` })
    const rows = [own(1), own(2), event('u-1'), event('u-1'), own(3)]
    const [list = []] = messagesOf(rows)
    expect(
      list.map(({ body }) =>
        JSON.parse(body).records.map((record: { event_id?: string }) => record.event_id),
      ),
    ).toEqual([['e-1', 'e-2'], [undefined, undefined], ['e-3']])
    expect(list.map(({ dedupId }) => dedupId.length === 64)).toEqual([true, false, true])
  })

  it("need no such care where the sender's key marks the request", () => {
    const [list = []] = messagesOf([{ ...event('u-1'), event_id: 'e-1' }, event('u-1')], {
      senderKey: 'fixture-key',
    })
    expect(list).toHaveLength(1)
    expect(list[0]?.dedupId).toMatch(/^[0-9a-f]{64}$/)
  })
})
