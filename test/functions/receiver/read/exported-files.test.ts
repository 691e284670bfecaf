import { describe, expect, test } from 'vitest'
import { Connections } from '../../../../functions/shared/connection.ts'
import { ask } from '../ask.ts'
import { SETTINGS } from '../settings-fixture.ts'

const under = (settings: object) => ({
  settings: { ...SETTINGS, connections: Connections.parse({ default: settings }) },
})

const send = (body: string, settings: object = {}, changes: Parameters<typeof ask>[1] = {}) =>
  ask(body, changes, under(settings))

/** The ids of the people who are written, and the rejected rows. */
async function outcome(body: string, settings: object = {}) {
  const { status, json, profiles } = await send(body, settings)
  if (status === 400) return json.type.replace('urn:actioniq-braze-bridge:problem:', '')
  const people = profiles.map((record) => ('external_id' in record ? record.external_id : ''))
  return {
    people,
    skipped: json.skippedRows ?? 0,
    errors: json.errors.map(({ code, line }: { code: string; line: number }) => [code, line]),
  }
}

describe('lines of a table that are no data', () => {
  const rows = { people: ['u-1', 'u-2'], errors: [] }
  test.each<[what: string, line: string]>([
    ['the header again', 'external_id,tier'],
    ['the header in capitals', 'EXTERNAL_ID,TIER'],
    ['the header in other words', 'External ID,Tier'],
    ['the header in quotes', '"external_id","tier"'],
    ['the header with spaces', ' external_id , tier '],
    ['a ruler', '-----------,-----'],
    ['a ruler in one cell', '------------------'],
    ['a ruler of equals signs', '===========,====='],
    ['a ruler with corners', '+-------------+------+'],
    ['a drawn ruler', '─────────────┼──────'],
    ['a row count', '(2 rows)'],
    ['a row count and a delimiter', '(2 rows),'],
    ['a row count in words', '2 rows selected.'],
    ['a row count in German', '(2 Zeilen),'],
    ['a row count of a console', 'Query OK, 2 rows affected'],
    ['empty cells', ','],
    ['empty cells with spaces', ' , '],
  ])('%s is skipped wherever it is', async (_, line) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n${line}\nu-2,silver\n`)).toEqual({
      ...rows,
      skipped: 1,
    })
    expect(await outcome(`external_id,tier\n${line}\nu-1,gold\nu-2,silver\n${line}\n`)).toEqual({
      ...rows,
      skipped: 2,
    })
  })

  test.each<[what: string, line: string, code: string]>([
    ['a total', 'Total,2', 'NOT_A_DATA_ROW'],
    ['an end', 'EOF,', 'NOT_A_DATA_ROW'],
    ['a row count beside a cell', '(2 rows),gold', 'NOT_A_DATA_ROW'],
    ['a title', 'Report of 2026', 'ROW_NOT_OBJECT'],
    ['a message in two cells', '12,rows returned late,x', 'ROW_NOT_OBJECT'],
    ['an id alone', 'u-9', 'ROW_NOT_OBJECT'],
    ['no id', ',gold', 'IDENTIFIER_MISSING'],
    ['a dash', '-,gold', 'VALUE_MEANS_NOTHING'],
  ])('%s is rejected alone, with its line', async (_, line, code) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n\n${line}\nu-2,silver\n`)).toEqual({
      people: ['u-1', 'u-2'],
      skipped: 0,
      errors: [[code, 4]],
    })
  })

  test.each<[what: string, line: string]>([
    ['other columns', 'external_id,city'],
    ['the same columns in another order', 'tier,external_id'],
    ['another name of the person', 'user_id,tier'],
    ['more of the same', 'external_id,external_id'],
    ['the person elsewhere', 'city,customer_id'],
  ])('a second header with %s concerns the whole body', async (_, line) => {
    expect(await outcome(`external_id,tier\nu-1,gold\n${line}\nu-2,silver\n`)).toBe('second-header')
  })

  test.each([
    ['PERSON_KEY,audience_id,tier\nu-1,7,gold\nPERSON_KEY,tier,audience_id\nu-2,gold,7\n'],
    ['PERSON_KEY,tier,city\nu-1,gold,x\ntier,PERSON_KEY,city\nsilver,u-2,y\n'],
    ['PERSON_KEY,tier\nu-1,gold\naddress1,PERSON_KEY\nmain street,u-2\n'],
  ])('a second header is recognised by the name that the connection gives the person: %j', async (body) => {
    expect(await outcome(body, { columns: { PERSON_KEY: { rename: 'external_id' } } })).toBe('second-header')
  })

  test('a second header whose first column has a digit is recognised', async () => {
    expect(await outcome('external_id,tier\nu-1,gold\naddress1,external_id\nmain street,u-2\n')).toBe(
      'second-header',
    )
  })

  test.each(['tier', 'score'])(
    'somebody whose id is the name of a column costs nobody else a row: %s',
    async (id) => {
      expect(await outcome(`external_id,score,tier\nu-1,5,gold\n${id},7,silver\nu-2,6,gold\n`)).toEqual({
        people: ['u-1', 'u-2'],
        skipped: 0,
        errors: [['HEADER_REPEATED', 3]],
      })
    },
  )

  test('in JSON, such a row is skipped or rejected alone', async () => {
    const body =
      '[{"external_id":"external_id","tier":"tier"},{"external_id":"----","tier":"----"},{"external_id":"user_id","tier":"x"},{"external_id":"u-1","tier":"x"}]'
    expect(await outcome(body)).toEqual({
      people: ['u-1'],
      skipped: 2,
      errors: [['HEADER_REPEATED', undefined]],
    })
  })
})

describe('a column without a name', () => {
  test.each(['skip', 'null', 'keep'])(
    'is no column while it is empty, with emptyCells %s',
    async (emptyCells) => {
      for (const body of [
        'external_id,tier,\nu-1,gold,\n',
        'external_id,tier,,\nu-1,gold,,\n',
        ',external_id,tier\n,u-1,gold\n',
        'external_id,\u200b,tier\nu-1, ,gold\n',
        '[{"external_id":"u-1","tier":"gold","":""}]',
        '[{"external_id":"u-1","tier":"gold","":null}]',
        '{"external_id":"u-1","tier":"gold"," ":"\u00a0"}',
      ]) {
        const { profiles } = await send(body, { emptyCells })
        expect(profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes: { tier: 'gold' } }])
      }
    },
  )

  test.each([
    ',external_id,tier\n0,u-1,gold\n',
    'external_id,tier,\nu-1,gold,x\n',
    'external_id,"",tier\nu-1,0,gold\n',
    'external_id;tier; \nu-1;gold;1\n',
    'external_id\t\u200b\ttier\nu-1\t1\tgold\n',
    ',external_id,event_name\n0,u-1,e\n',
    'external_id|tier||\nu-1|gold|1|\n',
    ' ;external_id\n1;u-1\n',
    'external_id,tier,\nu-1,gold,\nu-2,gold,x\n',
    'external_id,tier,,\nu-1,gold,,2\n',
  ])('with a value is a problem of the whole table: %j', async (body) => {
    const { status, json, sent } = await send(body)
    expect([status, json.type, sent]).toEqual([400, 'urn:actioniq-braze-bridge:problem:column-unnamed', []])
  })

  test.each([
    '{"external_id":"u-2","":1}',
    '{"external_id":"u-2"," ":false}',
    '{"external_id":"u-2","\ufeff":[]}',
  ])('with a value costs only its row in JSON: %s', async (row) => {
    for (const body of [`[{"external_id":"u-1","a":1},${row}]`, `{"external_id":"u-1","a":1}\n${row}`]) {
      const { json, profiles } = await send(body)
      expect(json.errors).toMatchObject([{ index: 1, code: 'COLUMN_UNNAMED' }])
      expect(profiles).toMatchObject([{ external_id: 'u-1' }])
    }
  })

  test('can be dropped or named by a setting', async () => {
    const body = ',external_id,tier\n0,u-1,gold\n'
    const dropped = await send(body, { columns: { '': { drop: true } } })
    expect(dropped.profiles).toMatchObject([{ external_id: 'u-1', attributes: { tier: 'gold' } }])
    const named = await send(body, { columns: { '': { rename: 'row_number', type: 'int' } } })
    expect(named.profiles).toMatchObject([{ attributes: { row_number: 0, tier: 'gold' } }])
  })
})

describe('an empty cell of a typed column is never a text', () => {
  const types = ['int', 'number', 'bool', 'date', 'date_ms', 'json'] as const
  const settingsOf = (type: string, emptyCells?: string) => ({
    columns: { LTV: { type } },
    ...(emptyCells && { emptyCells }),
  })
  const bodies = ['', ' ', '\t', '\u00a0', '\u200b'].flatMap((cell) => [
    JSON.stringify([{ external_id: 'u-1', a: '1', LTV: cell }]),
    `external_id,a,LTV\nu-1,1,"${cell}"\n`,
    `external_id=u-1&a=1&LTV=${encodeURIComponent(cell)}`,
  ])
  test.each(types)('%s', async (type) => {
    for (const emptyCells of [undefined, 'skip', 'keep', 'null'])
      for (const body of bodies) {
        const { profiles } = await send(body, settingsOf(type, emptyCells))
        const attributes = emptyCells === 'null' ? { a: '1', LTV: null } : { a: '1' }
        expect(profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes }])
      }
  })

  test('nor of an event, a membership or a standard field', async () => {
    const columns = { LTV: { type: 'number' }, AIQ_7_0: { type: 'bool' }, FIRST_NAME: { type: 'int' } }
    const event = await send('{"external_id":"u-1","event_name":"e","LTV":""}', { columns })
    expect(event.events).toEqual([{ type: 'event', external_id: 'u-1', name: 'e' }])
    const profile = await send('{"external_id":"u-1","a":1,"AIQ_7_0":"","FIRST_NAME":""}', { columns })
    expect(profile.profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes: { a: 1 } }])
  })
})

describe('invisible characters around an id', () => {
  const around = [
    'u-1   ',
    '\ufeffu-1',
    'u-1\u200b',
    '\u00a0u-1\u00a0',
    '\tu-1',
    'u-1\u0000',
    '\u200eu-1',
    'u-1\u2060',
    'u-1\u3000',
    '\r\nu-1',
    'u-1\u00ad',
  ]
  test.each(around)('%j is u-1', async (id) => {
    const person = await send(
      JSON.stringify({ external_id: id, audience_id: id, split_id: id, run_id: id, op: 'enter' }),
    )
    expect(person.profiles).toEqual([
      {
        type: 'profile',
        external_id: 'u-1',
        memberships: [{ audience_id: 'u-1', split_id: 'u-1', member: true }],
        run_id: 'u-1',
      },
    ])
    const event = await send(
      JSON.stringify({ external_id: 'u-2', event_name: id, event_id: id, time: '2026-01-05' }),
    )
    expect(event.events).toMatchObject([{ name: 'u-1', event_id: 'u-1' }])
    const track = await send(
      JSON.stringify({
        attributes: [{ external_id: id, a: 1 }],
        events: [{ user_alias: { alias_name: id, alias_label: id }, name: id, time: '2026-01-05T10:00:00Z' }],
      }),
      {},
      { path: '/users/track', headers: { authorization: 'Bearer fixture-token-5f3a90b1' } },
    )
    expect([track.profiles, track.events]).toMatchObject([
      [{ external_id: 'u-1' }],
      [{ user_alias: { alias_name: 'u-1', alias_label: 'u-1' }, name: 'u-1' }],
    ])
  })

  test.each([
    'external_id\u200b',
    '\ufeffexternal_id',
    'external\u00ad_id',
    'EXTERNAL ID\u00a0',
    '\u200eexternal_id',
  ])('a header with one is read: %j', async (header) => {
    expect(await outcome(`tier,${header}\ngold,u-1\n`)).toMatchObject({ people: ['u-1'] })
    expect(await outcome(JSON.stringify([{ [header]: 'u-1', a: 1 }]))).toMatchObject({ people: ['u-1'] })
  })

  test('an attribute has no second spelling', async () => {
    const { profiles } = await send('{"external_id":"u-1","tier\u200b":"gold"}')
    expect(profiles).toMatchObject([{ attributes: { tier: 'gold' } }])
    expect(await outcome('{"external_id":"u-1","tier\u200b":"gold","tier":"silver"}')).toMatchObject({
      errors: [['COLUMNS_CONFLICT', undefined]],
    })
  })
})

describe('what a body without rows is answered', () => {
  const test200 = async (body: string, message: string, changes: Parameters<typeof ask>[1] = {}) => {
    const { status, json, sent } = await send(body, {}, changes)
    expect([status, sent]).toEqual([200, []])
    expect(json).toMatchObject({ ok: true, connection: 'default', mode: 'deliver', received: 0, message })
  }
  const NO_ROWS = 'The URL and the token are right. The request has no rows. Nothing was written.'
  const ONLY_HEADER =
    'The URL and the token are right. The table has a header and no rows. If the file has rows, its line breaks were lost on the way, as happens with curl -d instead of --data-binary. Nothing was written.'

  test.each(['', ' \n', '\ufeff', '[]', '{}', '{"records":[]}', '{"audience_id":"7","rows":[]}'])(
    '%j',
    async (body) => {
      await test200(body, NO_ROWS)
    },
  )

  test('a GET', () => test200('', NO_ROWS, { method: 'GET' }))

  test.each([
    'external_id',
    'external_id,tier\n',
    'external_id,tieru-1,goldu-2,silver',
    'external_id\ttier\r\n\r\n',
    'external_id,tier\n,\n',
  ])('a header alone: %j', async (body) => {
    await test200(body, ONLY_HEADER)
  })
})

describe('a body with content is never taken for a connection test', () => {
  test.each([
    '%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D=',
    '%5B%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D%5D=',
    '%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D',
    JSON.stringify('{"external_id":"u-1","a":1}'),
    JSON.stringify({ records: '[{"external_id":"u-1","a":1}]' }),
    JSON.stringify({ run_id: '7', data: ' [{"external_id":"u-1","a":1}]' }),
  ])('it is read: %s', async (body) => {
    const { json, profiles } = await send(body)
    expect(json).toMatchObject({ received: 1, accepted: 1 })
    expect(profiles).toMatchObject([{ external_id: 'u-1', attributes: { a: 1 } }])
  })

  test.each<[body: string, status: number]>([
    ['x=', 422],
    ['external_id=', 422],
    ['payload=', 422],
    ['a=&b=', 422],
    ['=', 400],
    ['[{}]', 422],
    ['[null]', 422],
    ['[[]]', 422],
    ['{}\n{}', 422],
    ['{"":""}', 422],
    ['{"records":{}}', 422],
    ['{"data":{"records":[]}}', 422],
    ['eyJleHRlcm5hbF9pZCI6InUtMSJ9', 400],
    ['""', 400],
    ['null', 400],
    ['0', 400],
    ['hello', 400],
    ['\u0000', 400],
    ['"[]', 400],
    ['records', 400],
  ])('or it is rejected: %j', async (body, status) => {
    const answer = await send(body)
    expect(answer.status).toBe(status)
    expect(answer.json.detail).toMatch(/\w/)
  })

  test('a GET with a body is no test', async () => {
    expect(await send('{"external_id":"u-1","a":1}', {}, { method: 'GET' })).toMatchObject({ status: 405 })
  })
})

describe('a directive of Braze', () => {
  test.each<[cell: unknown, read: boolean]>([
    ['true', true],
    ['TRUE', true],
    ['1', true],
    [1, true],
    [true, true],
    ['false', false],
    ['0', false],
  ])('is a boolean, also from a text: %j', async (cell, read) => {
    for (const body of [
      JSON.stringify({ external_id: 'u-1', a: '1', _update_existing_only: cell }),
      `external_id,a,_update_existing_only\nu-1,1,${cell}`,
    ]) {
      const { profiles } = await send(body)
      expect(profiles).toMatchObject([{ attributes: { a: '1', _update_existing_only: read } }])
    }
  })

  test('says nothing where it is empty, and is rejected where it is neither', async () => {
    expect((await send('external_id,a,_update_existing_only\nu-1,1,')).profiles).toMatchObject([
      { attributes: { a: '1' } },
    ])
    expect(await outcome('external_id,a,_merge_objects\nu-1,1,maybe')).toMatchObject({
      errors: [['CELL_NOT_OF_TYPE', 2]],
    })
  })
})

describe('where an error is', () => {
  test.each<[what: string, body: string, expected: object[]]>([
    [
      'CSV',
      'external_id,a\n,1\nu-1,2\n,3\n',
      [{ index: 0, line: 2, rows: 2, indexes: [0, 2], lines: [2, 4] }],
    ],
    ['CSV after blank lines', '\n\nexternal_id,a\r\n\r\n,1\r\nu-1,2\r\n', [{ index: 0, line: 5 }]],
    ['CSV with a line break in a cell', 'external_id,a\nu-1,"x\ny"\n,1\n', [{ index: 1, line: 4 }]],
    ['CSV whose lines end in CR', 'external_id,a\ru-1,2\r,1\r', [{ index: 1, line: 3 }]],
    ['CSV with a byte order mark', '\ufeffexternal_id,a\n,1\nu-1,1', [{ index: 0, line: 2 }]],
    ['CSV with characters of several bytes', 'external_id,a\nu-é,李\n,1\n', [{ index: 1, line: 3 }]],
    [
      'a skipped line before it',
      'external_id,a\nexternal_id,a\n-----,---\n,1\nu-1,1\n',
      [{ index: 2, line: 4 }],
    ],
    [
      'a line with a cell too many',
      'external_id,a\nu-1,2\nu-2,3,4\n',
      [{ index: 1, line: 3, code: 'ROW_NOT_OBJECT' }],
    ],
    [
      'NDJSON',
      '{"external_id":"u-1","a":1}\n\n{"a":1}\n{"external_id":\n',
      [
        { index: 1, line: 3 },
        { index: 2, line: 4 },
      ],
    ],
  ])('%s', async (_, body, expected) => {
    const { json } = await send(body)
    expect(json.errors).toMatchObject(expected)
  })

  test.each<[what: string, row: object, field: string, other: string]>([
    ['two times', { exported_at: '2026-01-01', timestamp: '2026-01-02' }, 'timestamp', 'exported_at'],
    ['two ids', { external_id: 'u-1', user_id: 'u-2' }, 'user_id', 'external_id'],
    ['two audiences', { audience_id: '1', segment_id: '2' }, 'segment_id', 'audience_id'],
    ['two runs', { run_id: '1', export_id: '2' }, 'export_id', 'run_id'],
    ['two spellings of an id', { external_id: 'u-1', 'External ID': 'u-2' }, 'External ID', 'external_id'],
    ['a flag and the operation', { audience_id: '7', op: 'enter', AIQ_7_0: false }, 'AIQ_7_0', 'op'],
    ['a flag and the audience', { audience_id: '7', AIQ_7_0: false }, 'AIQ_7_0', 'audience_id'],
    ['two spellings of a flag', { AIQ_7_0: false, aiq_7_0: true }, 'AIQ_7_0', 'aiq_7_0'],
    ['a renamed column', { TIER: 'a', tier: 'b' }, 'tier', 'TIER'],
    ['two operations', { audience_id: '7', op: 'enter', Op: 'leave' }, 'Op', 'op'],
  ])('both columns of a conflict are named: %s', async (_, row, field, conflictsWith) => {
    const { json } = await send(JSON.stringify({ external_id: 'u-1', a: 1, ...row }), {
      columns: { TIER: { rename: 'tier' } },
    })
    expect(json.errors).toMatchObject([{ field, conflictsWith }])
  })

  test('both fields beside the rows are named', async () => {
    const { json } = await send('{"audience_id":"1","segment_id":"2","records":[{"external_id":"u-1"}]}')
    expect(json.detail).toContain('"audience_id" and "segment_id"')
  })

  test.each<[row: object, name: string]>([
    [{ LTV: '12\u200b3' }, 'U+200B'],
    [{ op: 'en\u00adter', audience_id: '7' }, 'U+00AD'],
    [{ time: '2026\u201001-05\u00a0x' }, 'U+00A0'],
    [{ AIQ_7_0: 'tr\ufeffue' }, 'U+FEFF'],
  ])('an invisible character in the cell at fault is named: %j', async (row, name) => {
    const { json } = await send(JSON.stringify({ external_id: 'u-1', ...row }), {
      columns: { LTV: { type: 'int' } },
    })
    expect(json.errors[0].message).toContain(`The cell contains the invisible character ${name}.`)
  })
})

test.each<[body: string, query: Record<string, string>]>([
  ['{"op":"NULL","audience_id":"7","records":[{"external_id":"a"}]}', {}],
  ['[{"external_id":"a"}]', { audience_id: '7', op: 'NULL' }],
  ['{"split_id":"NULL","audience_id":"7","records":[{"external_id":"a"}]}', {}],
])(
  "a connection's word for nothing is no operation and no split beside the rows: %s %j",
  async (body, query) => {
    expect((await send(body, { emptyWords: ['NULL'] }, { query })).status).toBe(400)
  },
)

describe('people who enter by presence alone are counted', () => {
  test.each<[what: string, body: string, query: Record<string, string>, count: number | undefined]>([
    [
      'an audience and no operation',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"b","audience_id":"7"}]',
      {},
      2,
    ],
    [
      'the same person twice',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"a","audience_id":"8"}]',
      {},
      1,
    ],
    ['an audience in the URL', '[{"external_id":"a"}]', { audience_id: '7' }, 1],
    [
      'some with an operation',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"b","audience_id":"7","op":"enter"}]',
      {},
      1,
    ],
    ['an operation in the URL', '[{"external_id":"a"}]', { audience_id: '7', op: 'enter' }, undefined],
    ['flags', '[{"external_id":"a","AIQ_7_0":true}]', {}, undefined],
    ['no audience', '[{"external_id":"a","x":1}]', {}, undefined],
  ])('%s', async (_, body, query, count) => {
    const { json } = await send(body, {}, { query })
    expect(json.enteredByPresence).toBe(count)
  })
})

describe('a name beside the rows or in the URL that seems to be the operation', () => {
  test.each<[body: string, query: Record<string, string>]>([
    ['[{"external_id":"a"}]', { audience_id: '7', operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', action: 'leave' }],
    ['[{"external_id":"a"}]', { audience_id: '7', member: 'false' }],
    ['[{"external_id":"a","audience_id":"7"}]', { operation: 'delete' }],
    ['{"audience_id":"7","operation":"remove","records":[{"external_id":"a"}]}', {}],
    ['{"audience_id":"7","isMember":false,"records":[{"external_id":"a"}]}', {}],
    ['{"action":"exited","records":[{"external_id":"a","segment_id":"7"}]}', {}],
    ['{"operation":"remove","audience_id":"7","records":[{"external_id":"a"}]}', { op: 'enter' }],
    ['{"op":"enter","audience_id":"7","records":[{"external_id":"a"}]}', { operation: 'remove' }],
  ])('is a problem of the whole request: %s %j', async (body, query) => {
    const { status, json, sent } = await send(body, {}, { query })
    expect([status, json.type, sent]).toEqual([400, 'urn:actioniq-braze-bridge:problem:op-unclear', []])
  })

  test.each<[body: string, query: Record<string, string>, settings?: object]>([
    ['[{"external_id":"a","x":1}]', { operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', op: 'leave', operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', source: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', operation: 'remove' }, { presenceEnters: true }],
    ['{"audience_id":"7","type":"audience","records":[{"external_id":"a"}]}', {}],
  ])('is none: %s %j', async (body, query, settings) => {
    expect(await send(body, settings, { query })).toMatchObject({ status: 200 })
  })
})
