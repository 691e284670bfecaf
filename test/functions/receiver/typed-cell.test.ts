import { describe, expect, it } from 'vitest'
import { typedCell } from '../../../functions/receiver/cells.ts'
import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import type { ColumnType } from '../../../functions/shared/connection.ts'
import type { Json } from '../../../functions/shared/json.ts'

describe('a cell of a type', () => {
  it.each<[ColumnType, Json, Json]>([
    ['int', 7, 7],
    ['int', '007', 7],
    ['int', ' -12 ', -12],
    ['int', '9007199254740991', 9007199254740991],
    ['number', '-1.5e3', -1500],
    ['number', '.5', 0.5],
    ['number', '0.1', 0.1],
    ['number', '9007199254740992', 9007199254740992],
    ['number', 1e21, 1e21],
    ['bool', 'TRUE', true],
    ['bool', 0, false],
    ['date', 1767571200, '2026-01-05T00:00:00Z'],
    ['date', '1767571200000', '2026-01-05T00:00:00Z'],
    ['date_ms', 1767571200001, '2026-01-05T00:00:00.001Z'],
    ['date_ms', '86400000', '1970-01-02T00:00:00Z'],
    ['date_ms', -86400000, '1969-12-31T00:00:00Z'],
    ['string', 7.5, '7.5'],
    ['string', true, 'true'],
    ['string', '007', '007'],
    ['json', '{"refused":"fixture-7731"}', { refused: 'fixture-7731' }],
    ['json', { refused: 'fixture-7731' }, { refused: 'fixture-7731' }],
    ['json', 'null', null],
    ['json', 7, 7],
  ])('%s of %j is %j', (type, sent, value) => {
    expect(typedCell(sent, type)).toEqual({ value })
  })

  it.each<ColumnType>(['int', 'number', 'bool', 'date', 'date_ms', 'json'])(
    'says nothing where it is empty: %s',
    (type) => {
      expect(typedCell(null, type)).toEqual({ value: null })
      for (const empty of ['', ' ', '\u200b', '\ufeff', '\u00a0\t'])
        expect(typedCell(empty, type)).toBeUndefined()
    },
  )

  it('stays an empty text where it is a text', () => {
    expect(typedCell('', 'string')).toEqual({ value: '' })
  })

  it('keeps every digit of a number that it makes a text', () => {
    expect(typedCell(parseExactly('12345678901234567890'), 'string')).toEqual({
      value: '12345678901234567890',
    })
  })
})

describe('a cell is refused', () => {
  it.each<[ColumnType, Json, string]>([
    ['int', '7.0', 'CELL_NOT_OF_TYPE'],
    ['int', true, 'CELL_NOT_OF_TYPE'],
    ['int', '9007199254740992', 'NUMBER_NOT_EXACT'],
    ['int', parseExactly('9007199254740993'), 'NUMBER_NOT_EXACT'],
    ['number', '0x10', 'CELL_NOT_OF_TYPE'],
    ['number', 'NaN', 'CELL_NOT_OF_TYPE'],
    ['number', '1,5', 'CELL_NOT_OF_TYPE'],
    ['number', '1e400', 'NUMBER_NOT_EXACT'],
    ['number', '9007199254740993', 'NUMBER_NOT_EXACT'],
    ['number', parseExactly('9007199254740993'), 'NUMBER_NOT_EXACT'],
    ['bool', 'yes', 'CELL_NOT_OF_TYPE'],
    ['date', '20260105', 'CELL_NOT_OF_TYPE'],
    ['date_ms', '1767571200.5', 'CELL_NOT_OF_TYPE'],
    ['date_ms', '999999999999999', 'CELL_NOT_OF_TYPE'],
    ['string', {}, 'CELL_NOT_OF_TYPE'],
    ['json', '{a:1}', 'CELL_NOT_OF_TYPE'],
    ['json', `[${' '.repeat(180_000)}]`, 'ROW_TOO_LARGE'],
  ])('of type %s', (type, sent, refused) => {
    expect(typedCell(sent, type)).toEqual({ code: refused })
  })
})
