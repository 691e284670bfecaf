/** One row in so many is bad: as many as one Braze request takes objects. */
const ROWS_PER_BAD_ONE = 75

/** The first bad one: in the middle of its request, not at an edge. */
const FIRST_BAD_ROW = 37

/** An attribute's name ends with the row's place among so many, so that neighbours of one person write different ones. */
const ATTRIBUTES = 5

const AUDIENCE = '7731'
export const MEMBERSHIP_FLAG = 'AIQ_7731_2'

export type Kind = 'profile' | 'event'

export const isBad = (row: number) => row % ROWS_PER_BAD_ONE === FIRST_BAD_ROW

/** Whose row it is, where each person has so many rows in sequence. */
export const person = (row: number, rowsPerPerson: number) =>
  `fixture-user-${Math.floor(row / rowsPerPerson)}`

/** A row that nobody has anything against. Its number is in it, so that it can be told from all others. */
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
        [`fair_row_${row % ATTRIBUTES}`]: row,
      }

/** The numbers of the rows that a text of JSON holds. */
export const rowsIn = (json: string): number[] =>
  [...json.matchAll(/"fair_row(?:_\d)?":(\d+)/g)].map(([, row]) => Number(row))
