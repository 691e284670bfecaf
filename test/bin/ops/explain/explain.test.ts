import { describe, expect, test } from 'vitest'
import { captureForJson } from '../../../../bin/ops/explain/capture.ts'
import { explain } from '../../../../bin/ops/explain/explain.ts'
import { formatCapture } from '../../../../bin/ops/explain/format-capture.ts'
import type { RequestOptions } from '../../../../bin/ops/sent-file/request-options.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

/** Longer than a string may be in Braze. */
const LONG = 'x'.repeat(256)

const REQUEST: RequestOptions = {
  endpoint: 'records',
  connection: 'default',
  contentType: undefined,
  query: {},
}

function explained(body: string, changes: Partial<RequestOptions> = {}, rules: object = {}) {
  const connections = Connections.parse({ default: rules })
  return explain(Buffer.from(body), { ...REQUEST, ...changes }, connections.default, {
    settings: { lanes: 16, objectsPerRequest: 75, connections },
    now: () => Date.parse('2026-01-05T10:00:00Z'),
    newId: () => 'id',
  })
}

function report(
  body: string,
  { values = false, ...changes }: Partial<RequestOptions> & { values?: boolean } = {},
  rules: object = {},
) {
  const { capture, usable } = explained(body, changes, rules)
  const text = formatCapture(capture, { values, objectsPerRequest: 75 }).join('\n')
  return { text: `\n${text.replace(LONG, '(long)')}\n`, usable }
}

const MIXED = `[
  {"user_id":"fixture-p1","op":"enter","tier":"fixture-tier-1"},
  {"user_id":"fixture-p2","op":"leave","tier":null},
  {"user_id":"fixture-p1","tier":"fixture-tier-2","note":"${LONG}"},
  {"user_id":"fixture-p1","tier":"fixture-tier-3"},
  {"tier":"fixture-tier-4"},
  {"user_id":"fixture-p3","event_name":"Seen","time":"2026-01-04T10:00:00Z","page":"fixture-page"}
]`

describe('the report of a file', () => {
  test('shows rows, columns and what would become of them, and no value', () => {
    const { text, usable } = report(MIXED, { query: { audience_id: '1042', nonsense: '1' } })
    expect(usable).toBe(false)
    expect(text).toMatchInlineSnapshot(`
      "
      2026-01-05T10:00:00.000Z  default  POST records  (not sent)
        Body         619 bytes, Content-Type (none)
        Rows         6 received, 5 accepted, 1 rejected
                     1 row IDENTIFIER_MISSING
                       The row names no person: it has no external id and no Braze id, or they are empty. Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.
        Columns      header      rows  read as      in Braze  values
                     user_id     5     external id            5 text
                     op          2     op                     2 text
                     tier        5     attribute    tier      4 text, 1 null
                     note        1     attribute    note      1 text
                     event_name  1     event name             1 text
                     time        1     time                   1 text
                     page        1     property     page      1 text
        Persons      5 by external_id
        Memberships  AIQ_1042_0  3 enter  1 leave
        Events       Seen  1
        Times        2026-01-04T10:00:00Z to 2026-01-04T10:00:00Z, in 1 row
        Not used     nonsense
        Writes       9 attributes, 1 event, before the rows of a person are merged
        Would send   3 objects in 2 requests to Braze, if sent alone
        Withheld     1 row ATTRIBUTE_REFUSED: Braze would refuse or silently drop the attribute 'note': a string has at most 255 characters.
      "
    `)
    expect(text).not.toContain('fixture-')
  })

  test('names the standard fields that would be withheld, and that not all of the file can be used', () => {
    const { text, usable } = report('external_id,EMAIL_SUBSCRIBE,DOB\nfixture-p1,Opted In,31/12/1980\n')
    expect(usable).toBe(false)
    expect(text).toContain('EMAIL_SUBSCRIBE  1     standard field  email_subscribe  1 text\n')
    expect(text).toContain(
      "\n  Withheld     1 row ATTRIBUTE_REFUSED: Braze would refuse or silently drop the attribute 'dob': it must be a date in the form YYYY-MM-DD, such as 1980-12-21.\n",
    )
  })

  test('with values shows the rows as sent and the objects they become, merged as the worker merges', () => {
    const { text } = report(MIXED, { values: true, query: { audience_id: '1042' } })
    expect(text.slice(text.indexOf('  Row 0'))).toMatchInlineSnapshot(`
      "  Row 0
          sent       {"user_id":"fixture-p1","op":"enter","tier":"fixture-tier-1"}
          to Braze   attributes {"external_id":"fixture-p1","tier":"fixture-tier-3","AIQ_1042_0":true}
                     one object with rows 2, 3
        Row 1
          sent       {"user_id":"fixture-p2","op":"leave","tier":null}
          to Braze   attributes {"external_id":"fixture-p2","tier":null,"AIQ_1042_0":false}
        Row 2
          sent       {"user_id":"fixture-p1","tier":"fixture-tier-2","note":"(long)"}
          withheld   ATTRIBUTE_REFUSED: Braze would refuse or silently drop the attribute 'note': a string has at most 255 characters.
          to Braze   attributes {"external_id":"fixture-p1","tier":"fixture-tier-3","AIQ_1042_0":true}
                     one object with rows 0, 3
        Row 3
          sent       {"user_id":"fixture-p1","tier":"fixture-tier-3"}
          to Braze   attributes {"external_id":"fixture-p1","tier":"fixture-tier-3","AIQ_1042_0":true}
                     one object with rows 0, 2
        Row 4
          sent       {"tier":"fixture-tier-4"}
          rejected   IDENTIFIER_MISSING: The row names no person: it has no external id and no Braze id, or they are empty. Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.
        Row 5
          sent       {"user_id":"fixture-p3","event_name":"Seen","time":"2026-01-04T10:00:00Z","page":"fixture-page"}
          to Braze   events {"external_id":"fixture-p3","name":"Seen","time":"2026-01-04T10:00:00Z","properties":{"page":"fixture-page"}}
      "
    `)
  })

  test('for programs holds the same, and values only on request', () => {
    const { capture } = explained(MIXED, { query: { audience_id: '1042' } })
    const withoutValues = captureForJson(capture, { values: false, objectsPerRequest: 75 })
    expect(withoutValues).toMatchObject({
      connection: 'default',
      rows: 6,
      accepted: 5,
      rejected: 1,
      attributeWrites: 9,
      events: 1,
      memberships: [{ flag: 'AIQ_1042_0', enters: 3, leaves: 1 }],
      times: { firstAt: '2026-01-04T10:00:00Z', lastAt: '2026-01-04T10:00:00Z', rows: 1 },
      rejectedByCode: [{ code: 'IDENTIFIER_MISSING', rows: 1, reason: expect.stringContaining('no person') }],
      wouldSend: { objects: 3, requests: 2 },
      wouldPark: 0,
      wouldParkByCode: [],
      wouldWithhold: 1,
      wouldWithholdByCode: [
        { code: 'ATTRIBUTE_REFUSED', rows: 1, reason: expect.stringContaining("'note'") },
      ],
    })
    expect(JSON.stringify(withoutValues)).not.toContain('fixture-')
    expect(captureForJson(capture, { values: true, objectsPerRequest: 75 })).toMatchObject({
      content: [
        {
          row: 0,
          sent: { user_id: 'fixture-p1', op: 'enter', tier: 'fixture-tier-1' },
          array: 'attributes',
          object: { external_id: 'fixture-p1', tier: 'fixture-tier-3', AIQ_1042_0: true },
        },
        { row: 1 },
        { row: 2, code: 'ATTRIBUTE_REFUSED' },
        { row: 3 },
        { row: 4, code: 'IDENTIFIER_MISSING', sent: { tier: 'fixture-tier-4' } },
        { row: 5, array: 'events' },
      ],
    })
  })

  test('keeps the digits of long numbers', () => {
    const row = '{"user_id":12345678901234567891,"tier":"fixture-tier"}'
    const { text } = report(row, { values: true })
    expect(text).toContain('sent       {"user_id":12345678901234567891,')
    expect(text).toContain('"external_id":"12345678901234567891"')
    const json = JSON.stringify(
      captureForJson(explained(row).capture, { values: true, objectsPerRequest: 75 }),
    )
    expect(json).toContain('"sent":{"user_id":12345678901234567891,')
  })

  test('is of all rows, however large the file', () => {
    const texts = JSON.stringify(Array(160).fill('x'.repeat(247)))
    const row = (n: number) => `{"external_id":"fixture-p${n}","text":{"long":${texts}}}`
    const { text, usable } = report(`[${Array.from({ length: 80 }, (_, n) => row(n)).join()}]`)
    expect(usable).toBe(true)
    expect(text).toContain('Body         3,203,831 bytes')
    expect(text).toContain('Rows         80 received, 80 accepted, 0 rejected')
    expect(text).toContain('Would send   80 objects in 2 requests to Braze')
  })

  test('counts requests of as many objects as the settings allow', () => {
    const rows = Array.from({ length: 80 }, (_, n) => `fixture-p${n},1`)
    const { capture } = explained(`external_id,tier\n${rows.join('\n')}\n`)
    expect(formatCapture(capture, { values: false, objectsPerRequest: 30 }).join('\n')).toContain(
      'Would send   80 objects in 3 requests to Braze',
    )
    expect(captureForJson(capture, { values: false, objectsPerRequest: 30 })).toMatchObject({
      wouldSend: { objects: 80, requests: 3 },
    })
  })

  test('goes by the rules of the connection', () => {
    const columns = { kunde: { rename: 'external_id' }, stadt: { rename: 'city' } }
    const { text, usable } = report('KUNDE;STADT\nfixture-p1;fixture-city\n', {}, { columns })
    expect(usable).toBe(true)
    expect(text).toContain('STADT   1     attribute    city      1 text')
  })

  test('names the problem of a file that cannot be read at all, and how it was understood', () => {
    const { text, usable } = report('fixture-a;fixture-b\nfixture-c;7\n')
    expect(usable).toBe(false)
    expect(text).toMatchInlineSnapshot(`
      "
      2026-01-05T10:00:00.000Z  default  POST records  (not sent)
        Body         32 bytes, Content-Type (none)
        Not accepted 400 format-unclear: The format of the body is not clear
                     The body is no JSON, and no CSV with a column for the person in its first line (external_id, user_id, customer_id, consumer_id or braze_id). "understood" shows how its first lines were read. Set the format of the sender to JSON, NDJSON or CSV with a header line.
                     line 1: text, text
                     line 2: text, number
      "
    `)
  })

  test('names the problem of a file that would take too long to store', () => {
    const rows = Array.from({ length: 301 }, () => '{"external_id":"fixture-p1","n":{"inc":1}}')
    const { capture, usable } = explained(`{"attributes":[${rows.join()}]}`, { endpoint: 'users/track' })
    expect(usable).toBe(false)
    expect(captureForJson(capture, { values: false, objectsPerRequest: 75 })).toMatchObject({
      problem: { code: 'too-many-rounds', status: 413 },
    })
  })

  test('lets no header move the cursor', () => {
    const { text } = report('{"external_id":"fixture-p1","\\u001b[2J\\u202ename\\u009b":"fixture-name"}')
    expect(text).toContain('<U+001B>[2J<U+202E>name')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the text must not contain these characters
    expect(text).not.toMatch(/[\u001b\u202e\u009b]/)
  })

  test.each([
    ['', true],
    ['{"external_id":"fixture-p1","tier":"fixture-tier"}', true],
    ['{"tier":"fixture-tier"}', false],
    [`{"external_id":"fixture-p1","tier":"${LONG}"}`, false],
  ])('of %j: usable is %s', (body, usable) => {
    expect(report(body).usable).toBe(usable)
  })
})
