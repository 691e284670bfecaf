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
  const { capture, warnings, usable } = explained(body, changes, rules)
  const text = formatCapture(capture, warnings, { values, objectsPerRequest: 75 }).join('\n')
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
        Rejected     1 row IDENTIFIER_MISSING: row 4
                       The row names no person: it has no external id and no Braze id, or both are empty. Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.
        Body         619 bytes, Content-Type application/json
        Rows         6 received, 5 accepted, 1 rejected
        Columns      header      rows  read as      in Braze  values
                     user_id     5     external id            5 text
                     op          2     op                     2 text
                     tier        5     attribute    tier      4 text, 1 null
                     note        1     attribute    note      1 text
                     event_name  1     event name             1 text
                     time        1     time                   1 text
                     page        1     property     page      1 text
        People       5 by external_id
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
        Row 5
          sent       {"user_id":"fixture-p3","event_name":"Seen","time":"2026-01-04T10:00:00Z","page":"fixture-page"}
          to Braze   events {"external_id":"fixture-p3","name":"Seen","time":"2026-01-04T10:00:00Z","properties":{"page":"fixture-page"}}
      "
    `)
  })

  test('for programs holds the same, and values only on request', () => {
    const { capture, warnings } = explained(MIXED, { query: { audience_id: '1042' } })
    const withoutValues = captureForJson(capture, warnings, { values: false, objectsPerRequest: 75 })
    expect(withoutValues).toMatchObject({
      connection: 'default',
      rows: 6,
      accepted: 5,
      rejected: 1,
      attributeWrites: 9,
      events: 1,
      memberships: [{ flag: 'AIQ_1042_0', enters: 3, leaves: 1 }],
      times: { firstAt: '2026-01-04T10:00:00Z', lastAt: '2026-01-04T10:00:00Z', rows: 1 },
      rejectedRows: [
        { code: 'IDENTIFIER_MISSING', rows: 1, firstRows: [4], hint: expect.stringContaining('external_id') },
      ],
      warnings: [],
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
    expect(captureForJson(capture, warnings, { values: true, objectsPerRequest: 75 })).toMatchObject({
      content: [
        { row: 4, code: 'IDENTIFIER_MISSING', sent: { tier: 'fixture-tier-4' } },
        {
          row: 0,
          sent: { user_id: 'fixture-p1', op: 'enter', tier: 'fixture-tier-1' },
          array: 'attributes',
          object: { external_id: 'fixture-p1', tier: 'fixture-tier-3', AIQ_1042_0: true },
        },
        { row: 1 },
        { row: 2, code: 'ATTRIBUTE_REFUSED' },
        { row: 3 },
        { row: 5, array: 'events' },
      ],
    })
  })

  test('names the first rejected rows, by code and column, and their lines where these are known', () => {
    const rows = Array.from({ length: 200 }, (_, n) => {
      if (n === 198) return `fixture-p${n},1042,jion`
      return n % 25 === 3 ? `,1042,enter` : `fixture-p${n},1042,enter`
    })
    const { capture } = explained(`external_id,audience_id,op\n${rows.join('\n')}\n`)
    const view = { values: false, objectsPerRequest: 75 }
    const withLines = {
      ...capture,
      rows: capture.rows.map((row) => ({ ...row, line: row.index + 2 })),
    }
    const rejected = formatCapture(withLines, [], view).filter((line) =>
      /IDENTIFIER_MISSING|OP_UNKNOWN/.test(line),
    )
    expect(rejected).toEqual([
      '  Rejected     8 rows IDENTIFIER_MISSING: rows 3, 28, 53, 78, 103 (lines 5, 30, 55, 80, 105) and 3 more',
      '               1 row OP_UNKNOWN in op: row 198 (line 200)',
    ])
    expect(captureForJson(withLines, [], view).rejectedRows).toMatchObject([
      {
        code: 'IDENTIFIER_MISSING',
        rows: 8,
        firstRows: [3, 28, 53, 78, 103],
        firstLines: [5, 30, 55, 80, 105],
      },
      { code: 'OP_UNKNOWN', column: 'op', rows: 1, firstRows: [198], firstLines: [200] },
    ])
    const withoutLines = { ...capture, rows: capture.rows.map(({ line: _, ...row }) => row) }
    expect(formatCapture(withoutLines, [], view).join('\n')).toContain('1 row OP_UNKNOWN in op: row 198\n')
  })

  test('counts the rejected rows that did not fit into a capture', () => {
    const { capture } = explained('[{"external_id":"fixture-p1","tier":"a"},{"tier":"b"},{"tier":"c"}]')
    const cut = { ...capture, rows: capture.rows.slice(0, 2), moreRows: 1 }
    const lines = formatCapture(cut, [], { values: false, objectsPerRequest: 75 })
    expect(lines.filter((line) => line.includes('IDENTIFIER_MISSING'))).toEqual([
      '  Rejected     1 row IDENTIFIER_MISSING: row 1',
      '               1 row IDENTIFIER_MISSING: not among the rows that the capture keeps',
    ])
  })

  test('says what to check, and what to add to the settings, without a value', () => {
    const { capture, warnings } = explained(
      'external_id,audience_id,QUALIFIED,LTV,VISITS\nfixture-p1,1042,false,812.5,731\nfixture-p2,1042,true,7731,812\n',
    )
    const lines = formatCapture(capture, warnings, { values: false, objectsPerRequest: 75 })
    const first = lines.findIndex((line) => line.includes('Check these'))
    const text = lines
      .slice(
        first,
        lines.findIndex((line) => line.includes('Body')),
      )
      .join('\n')
    expect(`\n${text}\n`).toMatchInlineSnapshot(`
      "
        Check these  OPERATION_NOT_READ in QUALIFIED (2 rows)
                       This column may say who enters the audience and who leaves it, but it is read as an attribute. No other column does, so everybody enters, even people who should leave. If the column is the operation, rename it to "op".
                       In cdk.json, under the connection "default": "columns": {"QUALIFIED": {"rename": "op"}}
                     NUMBERS_AS_TEXT in LTV (2 rows), VISITS (2 rows)
                       Every value is a number, but it is sent as text. Braze gives an attribute or a property the type of its first value, so it would stay text, which no segment can compare as a number. Set its type before the first run.
                       In cdk.json, under the connection "default": "columns": {"LTV": {"type": "number"}, "VISITS": {"type": "int"}}
                     All of these settings in cdk.json, under the connection "default": "columns": {"QUALIFIED": {"rename": "op"}, "LTV": {"type": "number"}, "VISITS": {"type": "int"}}
      "
    `)
    expect(text).not.toMatch(/fixture-|812|731/)
  })

  test('counts the lines that were skipped', () => {
    const body = (lines: string) => `external_id,tier\n${lines}fixture-p1,gold\n`
    const rows = (text: string) => text.split('\n').find((line) => line.startsWith('  Rows '))
    expect(rows(report(body('external_id,tier\n-----------,----\n,\n')).text)).toBe(
      '  Rows         1 received, 1 accepted, 0 rejected, 3 lines skipped because they are not data',
    )
    expect(rows(report(body('-----------,----\n')).text)).toBe(
      '  Rows         1 received, 1 accepted, 0 rejected, 1 line skipped because it is not data',
    )
    const json = (lines: string) =>
      captureForJson(explained(body(lines)).capture, [], { values: false, objectsPerRequest: 75 })
    expect(json('-----------,----\n')).toMatchObject({ rows: 1, skipped: 1 })
    expect(json('')).not.toHaveProperty('skipped')
  })

  test('says how many rows could be checked', () => {
    const { capture, warnings } = explained('external_id,LTV\nfixture-p1,12.5\n')
    const cut = { ...capture, moreRows: 2_000 }
    expect(formatCapture(cut, warnings, { values: false, objectsPerRequest: 75 })[1]).toBe(
      '  Check these  Only the first 1 row of the request could be checked.',
    )
  })

  test('keeps the digits of long numbers', () => {
    const row = '{"user_id":12345678901234567891,"tier":"fixture-tier"}'
    const { text } = report(row, { values: true })
    expect(text).toContain('sent       {"user_id":12345678901234567891,')
    expect(text).toContain('"external_id":"12345678901234567891"')
    const json = JSON.stringify(
      captureForJson(explained(row).capture, [], { values: true, objectsPerRequest: 75 }),
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
    const { capture, warnings } = explained(`external_id,tier\n${rows.join('\n')}\n`)
    expect(formatCapture(capture, warnings, { values: false, objectsPerRequest: 30 }).join('\n')).toContain(
      'Would send   80 objects in 3 requests to Braze',
    )
    expect(captureForJson(capture, warnings, { values: false, objectsPerRequest: 30 })).toMatchObject({
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
        Body         32 bytes, Content-Type text/csv; charset=utf-8
        Not accepted 400 format-unclear: The format of the body is not clear
                     The body is neither JSON nor a CSV with a column for the person in its first line (external_id, user_id, customer_id, consumer_id or braze_id). "understood" shows how its first lines were read. Set the format of the sender to JSON, NDJSON or CSV with a header line.
                     line 1: text, text
                     line 2: text, number
      "
    `)
  })

  test('names the problem of a file that would take too long to store', () => {
    const rows = Array.from({ length: 301 }, () => '{"external_id":"fixture-p1","n":{"inc":1}}')
    const { capture, warnings, usable } = explained(`{"attributes":[${rows.join()}]}`, {
      endpoint: 'users/track',
    })
    expect(usable).toBe(false)
    expect(captureForJson(capture, warnings, { values: false, objectsPerRequest: 75 })).toMatchObject({
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
    ['', false],
    ['external_id,tier\n', false],
    ['[]', false],
    ['{"external_id":"fixture-p1","tier":"fixture-tier"}', true],
    ['{"tier":"fixture-tier"}', false],
    [`{"external_id":"fixture-p1","tier":"${LONG}"}`, false],
  ])('of %j: usable is %s', (body, usable) => {
    expect(report(body).usable).toBe(usable)
  })
})

describe('a connection whose requests are signed', () => {
  const hook = { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'records' }
  const query = { audience_id: '1042' }

  test('does not accept a parameter of the URL, or another endpoint', () => {
    const row = '[{"user_id":"fixture-p1"}]'
    expect(report(row, { query }, hook).text).toContain('"audience_id" could be changed by others')
    expect(report(row, { endpoint: 'events' }, hook).text).toContain(
      'accepts signed requests at /v1/records only',
    )
  })

  test('accepts a parameter where the sender may show a token instead', () => {
    const either = { ...hook, authentication: [{ kind: 'bearer' }, ...hook.authentication] }
    expect(report('[{"user_id":"fixture-p1"}]', { query }, either).usable).toBe(true)
  })
})
