import { expect, test } from 'vitest'
import {
  type CapturesDeps,
  type CapturesOptions,
  capturesForJson,
  formatCaptures,
  listCaptures,
  type ReceivedCapture,
  strictExitCode,
} from '../../../bin/ops/captures/captures.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const capture = (connection: string, requestId: string) =>
  JSON.stringify({
    v: 1,
    connection,
    requestId,
    receivedAt: '2026-01-05T10:00:00.000Z',
    method: 'POST',
    format: { bytes: 1 },
    problem: { problem: 'not-json', status: 400, title: 'fixture title', detail: 'fixture detail' },
    rows: [],
    moreRows: 0,
  })

const WITHOUT_VALUES = { values: false, objectsPerRequest: 75, connections: Connections.parse({}) }

const received = (n: number, body: string): ReceivedCapture => ({
  messageId: `m-${n}`,
  handle: `h-${n}`,
  sentAt: n,
  body,
})

/** Lists the captures of a queue that returns these batches, one for each receive, and then nothing. */
function list(
  batches: (readonly ReceivedCapture[])[],
  options: Partial<CapturesOptions> = {},
  changes: Partial<CapturesDeps> = {},
) {
  const released: string[] = []
  const waiting = [...batches]
  const listed = listCaptures(
    { connection: undefined, last: 10, ...options },
    {
      receive: async () => waiting.shift() ?? [],
      hide: async (held, seconds) => {
        if (seconds <= 1) released.push(...held.map(({ handle }) => handle))
        return []
      },
      countHidden: async () => batches.flat().length,
      now: () => 0,
      stop: new AbortController().signal,
      ...changes,
    },
  )
  return { listed, released }
}

test('lists the newest of the connection, and releases all', async () => {
  const { listed, released } = list(
    [
      [received(3, capture('trial', 'request-3')), received(1, capture('trial', 'request-1'))],
      [received(4, capture('other', 'request-4')), received(2, capture('trial', 'request-2'))],
    ],
    { connection: 'trial', last: 2 },
  )
  expect(
    formatCaptures(await listed, { ...WITHOUT_VALUES, connection: 'trial' }).join('\n'),
  ).toMatchInlineSnapshot(`
      "Captured: 3 requests of trial, 2 shown

      2026-01-05T10:00:00.000Z  trial  POST (an unknown path)  request-3
        Body         1 byte, Content-Type (none)
        Not accepted 400 not-json: fixture title
                     fixture detail

      2026-01-05T10:00:00.000Z  trial  POST (an unknown path)  request-2
        Body         1 byte, Content-Type (none)
        Not accepted 400 not-json: fixture title
                     fixture detail"
    `)
  expect(released).toEqual(['h-3', 'h-1', 'h-4', 'h-2'])
  expect(capturesForJson(await listed, WITHOUT_VALUES)).toMatchObject({
    requests: 3,
    complete: true,
    captures: [
      {
        messageId: 'm-3',
        sentAt: '1970-01-01T00:00:00.003Z',
        requestId: 'request-3',
        receivedAt: '2026-01-05T10:00:00.000Z',
        problem: { code: 'not-json', status: 400, reason: 'fixture title', hint: 'fixture detail' },
      },
      { messageId: 'm-2' },
    ],
  })
})

test('a capture that a standard queue delivers twice is listed once', async () => {
  const twice = received(1, capture('trial', 'request-1'))
  const { listed } = list([[twice], [twice]], {}, { countHidden: async () => 1 })
  expect(await listed).toEqual({ newest: [twice], found: 1, complete: true, hidden: 0 })
})

test('says what it cannot read, and what others read', async () => {
  const others = { countHidden: async () => 1_003 }
  const { listed } = list([[received(1, '{"v":2,"connection":"trial"}')]], {}, others)
  expect(
    formatCaptures(await listed, { ...WITHOUT_VALUES, connection: undefined }).join('\n'),
  ).toMatchInlineSnapshot(`
      "Captured: 1 request, 1 shown

      A request that another version of the bridge captured: run the command of that version to see it.

      About 1,002 more cannot be read now, because somebody else reads them. Try again in 120 seconds."
    `)
  expect(capturesForJson(await listed, WITHOUT_VALUES)).toMatchObject({
    hidden: 1_002,
    captures: [{ messageId: 'm-1', reason: expect.stringContaining('another version') }],
  })
})

test('says how to capture where nothing is captured', async () => {
  const { listed } = list([], { connection: 'trial' })
  expect(formatCaptures(await listed, { ...WITHOUT_VALUES, connection: 'trial' })).toEqual([
    'No request of trial was captured in the last 7 days. "mode": "capture" in cdk.json makes a connection capture its requests.',
  ])
})

test('releases what it has received when SQS fails', async () => {
  let receives = 0
  const receive = async () => {
    receives += 1
    if (receives > 1) throw new Error('fixture outage')
    return [received(1, capture('trial', 'request-1'))]
  }
  const { listed, released } = list([], {}, { receive })
  await expect(listed).rejects.toThrow('fixture outage')
  expect(released).toEqual(['h-1'])
})

test('ends before the first capture could be delivered again, and says so', async () => {
  let clock = 0
  const receive = async () => {
    clock += 20_000
    return [received(clock, capture('trial', `request-${clock}`))]
  }
  const { listed } = list([], {}, { receive, now: () => clock })
  expect(formatCaptures(await listed, { ...WITHOUT_VALUES, connection: undefined }).at(-1)).toBe(
    'There was no time to read all captures: these may not be the newest.',
  )
})

const VIEW = { values: false, objectsPerRequest: 75, connections: Connections.parse({}) }

/** A capture of rows with one attribute each. `rejected` rows are counted and not kept. */
const readCapture = (attribute: string, rejected = 0) =>
  JSON.stringify({
    ...JSON.parse(capture('trial', 'request-1')),
    problem: undefined,
    endpoint: 'records',
    reading: {
      received: 1 + rejected,
      accepted: 1,
      rejected,
      refusals: rejected > 0 ? [{ code: 'IDENTIFIER_MISSING', rows: rejected, columns: [] }] : [],
      columns: [
        { header: 'external_id', readAs: ['external id'], writtenAs: [], rows: 1, kinds: { text: 1 } },
        { header: 'LTV', readAs: ['attribute'], writtenAs: ['LTV'], rows: 1, kinds: { text: 1 } },
      ],
      moreColumns: 0,
      ignoredFields: [],
      moreIgnoredFields: 0,
      identifiers: { external_id: 1 },
      memberships: [],
      moreMemberships: 0,
      eventNames: [],
      moreEventNames: 0,
      events: 0,
      purchases: 0,
      attributeWrites: 1,
    },
    rows: [
      {
        index: 0,
        row: { external_id: 'fixture-p1', LTV: attribute },
        record: { type: 'profile', external_id: 'fixture-p1', attributes: { LTV: attribute } },
      },
    ],
    moreRows: rejected,
  })

test('says what to check in each capture', async () => {
  const { listed } = list([[received(1, readCapture('12.5')), received(2, readCapture('gold'))]])
  const { captures } = capturesForJson(await listed, VIEW)
  expect(captures).toMatchObject([
    { messageId: 'm-2', warnings: [] },
    {
      messageId: 'm-1',
      warnings: [{ code: 'NUMBERS_AS_TEXT', setting: { columns: { LTV: { type: 'number' } } } }],
    },
  ])
  expect(formatCaptures(await listed, { ...VIEW, connection: undefined }).join('\n')).toContain(
    'In cdk.json, under the connection "trial": "columns": {"LTV": {"type": "number"}}',
  )
})

test('suggests a setting under the name that the connection has for the column', async () => {
  const { listed } = list([[received(1, readCapture('12.5'))]])
  const connections = Connections.parse({ trial: { columns: { ltv: { rename: 'value' } } } })
  expect(capturesForJson(await listed, { ...VIEW, connections }).captures).toMatchObject([
    { warnings: [{ setting: { columns: { ltv: { type: 'number' } } } }] },
  ])
})

test.each([
  ['nothing is wrong', [readCapture('gold')], 0],
  ['something should be checked', [readCapture('gold'), readCapture('12.5')], 3],
  ['a row cannot be used', [readCapture('12.5', 1)], 1],
  ['a request cannot be used', [readCapture('12.5'), capture('trial', 'request-1')], 1],
  ['another version captured it', ['{"v":2,"connection":"trial"}'], 0],
  ['there is none', [], 0],
])('with --strict, if %s', (_, bodies, code) => {
  expect(strictExitCode({ newest: bodies.map((body, n) => received(n, body)) }, VIEW)).toBe(code)
})
