/** One row in this many is bad. This is also the number of objects that one Braze request takes. */
const ROWS_PER_BAD_ONE = 75

/** The first bad row is in the middle of its request, not at an edge. */
const FIRST_BAD_ROW = 37

/**
 * An attribute's name ends in the row number modulo this, so that neighbouring rows of a person never share
 * one.
 */
const ATTRIBUTES = 5

const AUDIENCE = '7731'
export const MEMBERSHIP_FLAG = 'AIQ_7731_2'

export type Kind = 'profile' | 'event'

export const isBad = (row: number) => row % ROWS_PER_BAD_ONE === FIRST_BAD_ROW

/**
 * The external id of the person to whom a row belongs, if each person has `rowsPerPerson` consecutive rows.
 */
export const person = (row: number, rowsPerPerson: number) =>
  `fixture-user-${Math.floor(row / rowsPerPerson)}`

/** The name of the attribute that holds the number of a row. */
export const attributeOf = (row: number) => `fair_row_${row % ATTRIBUTES}`

/** A valid row. It contains its number, so that the tests can identify it. */
export const goodRow = (kind: Kind, row: number, external_id: string): { [column: string]: unknown } =>
  kind === 'event'
    ? {
        external_id,
        event_name: 'fixture-event',
        time: '2026-11-20T10:00:00Z',
        properties: { fair_row: row },
      }
    : {
        external_id,
        audience_id: AUDIENCE,
        split_id: '2',
        op: 'enter',
        [attributeOf(row)]: row,
      }

/** The numbers of the rows in a JSON text. */
export const rowsIn = (json: string): number[] =>
  [...json.matchAll(/"fair_row(?:_\d)?":(\d+)/g)].map(([, row]) => Number(row))
