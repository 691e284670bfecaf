import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { explainForJson } from '../../../../bin/ops/explain/explain.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { tempDir } from '../../local/temp-dir.ts'
import { runOps } from '../run-ops.ts'

const GOOD = 'external_id,tier\nfixture-p1,gold\n'
const DOUBTFUL = 'external_id,LTV\nfixture-p1,12.5\n'
const BAD = 'external_id,audience_id,op\nfixture-p1,1042,jion\nfixture-p2,1042,enter\n'
const HEADER = 'external_id,tier fixture-p1,gold'

test.each([
  ['a good file', GOOD, 0, 0],
  ['a file with a likely mistake', DOUBTFUL, 0, 3],
  ['a file with a row that cannot be used', BAD, 1, 1],
  ['a file that is one header line', HEADER, 1, 1],
  ['an empty file', '', 1, 1],
])('explain of %s', async (_, content, code, strictCode) => {
  const file = join(tempDir(), 'rows.csv')
  writeFileSync(file, content)
  expect(await runOps(['explain', file])).toMatchObject({ code, errors: [] })
  expect(await runOps(['explain', file, '--strict'])).toMatchObject({ code: strictCode, errors: [] })
  const { out } = await runOps(['explain', file, '--strict', '--json'])
  expect(JSON.parse(out.join('\n')).ok).toBe(strictCode === 0)
})

test('a file that is one header line says so', async () => {
  const file = join(tempDir(), 'rows.csv')
  writeFileSync(file, HEADER)
  const { out } = await runOps(['explain', file])
  expect(out.join('\n')).toContain('There are no rows: the body is empty or only a header line.')
})

test('a program gets what explain --json prints', async () => {
  const file = join(tempDir(), 'rows.csv')
  writeFileSync(file, DOUBTFUL)
  const { out } = await runOps(['explain', file, '--json'])
  const { stage: _, ...printed } = JSON.parse(out.join('\n')).result
  const connections = Connections.parse({})
  const explained = explainForJson(
    Buffer.from(DOUBTFUL),
    { endpoint: 'records', connection: 'default', contentType: undefined, query: {} },
    connections.default,
    { settings: { lanes: 16, objectsPerRequest: 75, connections }, now: () => 0, newId: () => 'id' },
  )
  expect(explained).toEqual({ usable: true, result: printed })
  expect(printed.warnings).toEqual([
    {
      code: 'NUMBERS_AS_TEXT',
      column: 'LTV',
      rows: 1,
      message: expect.stringContaining('Every value is a number'),
      setting: { columns: { LTV: { type: 'number' } } },
    },
  ])
})
