import { describe, expect, test } from 'vitest'
import { send } from './send.ts'

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
