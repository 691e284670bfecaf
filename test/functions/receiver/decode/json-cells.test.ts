import { expect, test } from 'vitest'
import { cachedColumnResolver, rowReader } from '../../../../functions/receiver/columns.ts'
import { judgeJsonCells, readRequest } from '../../../../functions/receiver/read/read-request.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const connectionWith = (columns: object) => Connections.parse({ default: { columns } }).default
const TYPED = connectionWith({ cell: { type: 'json' } })

/** Twenty rows. `countValues` finds `values` in each cell: the list itself, and one for each comma. */
const rowsOf = (values: number) =>
  Array.from({ length: 20 }, (_, n) => ({
    external_id: `fixture-${n}`,
    Cell: `[${Array.from({ length: values }, () => '0').join(',')}]`,
  }))

test('cells of type json may hold as many values together as a body, and no more', () => {
  const columnOf = cachedColumnResolver(TYPED)
  expect(judgeJsonCells(rowsOf(20_000), columnOf)).toBeUndefined()
  expect(judgeJsonCells(rowsOf(20_001), columnOf)).toMatchObject({ status: 413, problem: 'too-many-values' })
})

test('a text of another column is one value, whatever it holds', () => {
  const body = Buffer.from(JSON.stringify(rowsOf(20_001)))
  const read = (columns: object) =>
    readRequest({ headers: {}, query: {}, body }, 'activations', rowReader(connectionWith(columns)))
  expect(read({ cell: { type: 'json' } })).toMatchObject({ problem: 'too-many-values' })
  expect(read({ cell: { type: 'string' } })).not.toHaveProperty('problem')
})
