import { describe, expect, test } from 'vitest'
import { explain } from '../../../../bin/ops/explain/explain.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

function report(body: string, changes: Partial<Parameters<typeof explain>[1]> = {}, rules: object = {}) {
  const connections = Connections.parse({ default: rules })
  const { lines, usable } = explain(
    Buffer.from(body),
    {
      endpoint: 'records',
      connection: 'default',
      contentType: undefined,
      query: {},
      values: false,
      ...changes,
    },
    connections.default,
    {
      settings: { lanes: 16, connections },
      now: () => Date.parse('2026-01-05T10:00:00Z'),
      newId: () => 'id',
    },
  )
  return { text: lines.join('\n'), usable }
}

const MIXED = `[
  {"user_id":"fixture-p1","op":"enter","tier":"fixture-tier-1"},
  {"user_id":"fixture-p2","op":"leave","tier":null},
  {"user_id":"fixture-p1","tier":"fixture-tier-2","note":"${'x'.repeat(256)}"},
  {"user_id":"fixture-p1","tier":"fixture-tier-3"},
  {"tier":"fixture-tier-4"},
  {"user_id":"fixture-p3","event_name":"Seen","time":"2026-01-04T10:00:00Z","page":"fixture-page"}
]`

describe('the report of a file', () => {
  test('shows rows, columns and what would become of them, and no value', () => {
    const { text, usable } = report(MIXED, { query: { audience_id: '1042', nonsense: '1' } })
    expect(usable).toBe(false)
    expect(text).toBe(
      [
        '2026-01-05T10:00:00.000Z  default  POST records  (not sent)',
        '  Body         619 bytes, Content-Type (none)',
        '  Rows         6 received, 5 accepted, 1 rejected',
        '               1 row IDENTIFIER_MISSING',
        '                 The row names no person: it has no external id and no Braze id, or they are empty. Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.',
        '  Columns      header      read as      in Braze  values          rows',
        '               user_id     external id            5 text          5',
        '               op          op                     2 text          2',
        '               tier        attribute    tier      4 text, 1 null  5',
        '               note        attribute    note      1 text          1',
        '               event_name  event name             1 text          1',
        '               time        time                   1 text          1',
        '               page        property     page      1 text          1',
        '  Persons      5 by external_id',
        '  Memberships  AIQ_1042_0  3 enter  1 leave',
        '  Events       Seen  1',
        '  Times        2026-01-04T10:00:00Z to 2026-01-04T10:00:00Z, in 1 row',
        '  Not used     nonsense',
        '  Writes       9 attributes, 1 event, before rows of one person are merged',
        '  Sends        3 objects in 2 requests to Braze, if nothing else is to be sent with them',
        "  Parks        1 row ATTRIBUTE_REFUSED: Braze would refuse or silently drop the attribute 'note': a string has at most 255 characters.",
      ].join('\n'),
    )
    expect(text).not.toContain('fixture-')
  })

  test('with values shows the rows as sent and the objects they become, merged as the worker merges', () => {
    const { text } = report(MIXED, { values: true, query: { audience_id: '1042' } })
    for (const line of [
      'Row 0',
      '  sent       {"user_id":"fixture-p1","op":"enter","tier":"fixture-tier-1"}',
      '  to Braze   attributes {"external_id":"fixture-p1","tier":"fixture-tier-3","AIQ_1042_0":true}',
      '             one object with row 3',
      '  to Braze   attributes {"external_id":"fixture-p2","tier":null,"AIQ_1042_0":false}',
      "  parked     ATTRIBUTE_REFUSED: Braze would refuse or silently drop the attribute 'note': a string has at most 255 characters.",
      '  rejected   IDENTIFIER_MISSING: The row names no person',
      '  to Braze   events {"external_id":"fixture-p3","name":"Seen","time":"2026-01-04T10:00:00Z","properties":{"page":"fixture-page"}}',
    ])
      expect(text).toContain(`\n  ${line}`)
  })

  test('keeps the digits of long numbers', () => {
    const { text } = report('{"user_id":12345678901234567891,"tier":"fixture-tier"}', { values: true })
    expect(text).toContain('sent       {"user_id":12345678901234567891,')
    expect(text).toContain('"external_id":"12345678901234567891"')
  })

  test('is of all rows, however large the file', () => {
    const row = (n: number) => `{"external_id":"fixture-p${n}","text":{"long":"${'x'.repeat(40_000)}"}}`
    const { text, usable } = report(`[${Array.from({ length: 80 }, (_, n) => row(n)).join()}]`)
    expect(usable).toBe(true)
    expect(text).toContain('Rows         80 received, 80 accepted, 0 rejected')
    expect(text).toContain('Sends        80 objects in 2 requests to Braze')
  })

  test('goes by the rules of the connection', () => {
    const { text, usable } = report(
      'KUNDE;STADT\nfixture-p1;fixture-city\n',
      {},
      {
        columns: { kunde: { rename: 'external_id' }, stadt: { rename: 'city' } },
      },
    )
    expect(usable).toBe(true)
    expect(text).toContain('STADT   attribute    city      1 text  1')
  })

  test('names the problem of a file that can’t be read at all, and how it was understood', () => {
    const { text, usable } = report('fixture-a;fixture-b\nfixture-c;7\n')
    expect(usable).toBe(false)
    expect(text).toContain('Not taken    400 format-unclear: The format of the body is not clear')
    expect(text).toContain('line 2: text, number')
    expect(text).not.toContain('fixture-')
  })

  test('tells of a file that would take too long to store', () => {
    const rows = Array.from({ length: 301 }, () => '{"external_id":"fixture-p1","n":{"inc":1}}')
    expect(report(`{"attributes":[${rows.join()}]}`, { endpoint: 'users/track' })).toMatchObject({
      usable: false,
      text: expect.stringContaining('Not taken    413 too-many-rounds'),
    })
  })

  test('lets no header move the cursor', () => {
    const { text } = report('{"external_id":"fixture-p1","\\u001b[2J\\u202ename\\u009b":"fixture-name"}')
    expect(text).toContain('\ufffd[2J\ufffdname\ufffd')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the text must not contain these characters
    expect(text).not.toMatch(/[\u001b\u202e\u009b]/)
  })

  test.each([
    ['', true],
    ['{"external_id":"fixture-p1","tier":"fixture-tier"}', true],
    ['{"tier":"fixture-tier"}', false],
    [`{"external_id":"fixture-p1","tier":"${'x'.repeat(256)}"}`, false],
  ])('of %j: usable is %s', (body, usable) => {
    expect(report(body).usable).toBe(usable)
  })
})
