import { isEmpty } from '../../../../functions/receiver/cells.ts'
import { withoutMark } from '../../../../functions/receiver/exact-json.ts'
import { displayName } from '../../../../functions/receiver/problems.ts'
import { TRACK } from '../../../../functions/receiver/request-context.ts'
import type { RowErrorCode } from '../../../../functions/receiver/row-errors.ts'
import type { Capture, CapturedRow, ColumnReading, Reading } from '../../../../functions/shared/capture.ts'
import type { Connection } from '../../../../functions/shared/connection.ts'
import { columnKey } from '../../../../functions/shared/flags.ts'
import { tidy } from '../../../../functions/shared/invisible.ts'
import { isObject, type Json } from '../../../../functions/shared/json.ts'
import { isWordForNothing } from './words.ts'

/** A column with the cells that were sent in it. */
export type SentColumn = {
  /** As the sender wrote it; within an object, after the names of what it is in. */
  header: string
  /** The header as the list of columns shows it. */
  column: string
  /** Its own name, without the names of what it is in. */
  name: string
  readAs: readonly string[]
  writtenAs: readonly string[]
  type: ColumnReading['type']
  /** What the connection's settings already say about it. */
  rule: Connection['columns'][string]
  /** The name under which the connection's settings have it, or would have it. */
  settingName: string
  /** Whether types and new names apply to it. They do not apply in Braze's own body or within an object. */
  isSettable: boolean
  /**
   * Its cells without the empty ones and those that hold a word for a missing value. A number within a list or an
   * object stays as it was written.
   */
  values: Json[]
  /** The index of the row of each value. */
  rows: number[]
  /** Whether rows were rejected because the column looks like an operation. */
  isTakenForOperation: boolean
  /** The cells that hold a word for a missing value. */
  nothing: { word: string; row: number }[]
}

/** A request with its cells by column, for the rules that look for mistakes in it. */
export type SentRequest = {
  connection: Connection
  reading: Reading
  rows: readonly CapturedRow[]
  columns: readonly SentColumn[]
  /** The indexes of the rows that were not rejected. */
  accepted: ReadonlySet<number>
  isTrack: boolean
  endpoint: Capture['endpoint']
}

/** Sorts the cells of a request by column. Rows that were too large to keep have none. */
export function sentRequest(
  { reading, rows, endpoint }: Capture & { reading: Reading },
  connection: Connection,
): SentRequest {
  const isTrack = endpoint === TRACK
  const columns = new Columns(reading, connection, isTrack)
  for (const { index, row, omittedBytes } of rows) {
    if (omittedBytes !== undefined) continue
    if (isTrack) columns.addObject(row, index)
    else if (isObject(row)) columns.addRow(row, index)
  }
  const accepted = new Set(rows.filter(({ code }) => code === undefined).map(({ index }) => index))
  return { connection, reading, rows, columns: columns.known(), accepted, isTrack, endpoint }
}

/** The row errors of a column that looks like an operation and is not read as one. */
const OPERATION_CODES: ReadonlySet<string> = new Set<RowErrorCode>(['OP_UNCLEAR', 'OP_INVERTED'])

class Columns {
  private readonly readings: ReadonlyMap<string, ColumnReading>
  private readonly rules: Connection['columns']
  /** Headers that differ in case, `_`, `-` and spaces are one column in the settings. */
  private readonly settingNames: Map<string, string>
  private readonly emptyWords: ReadonlySet<string>
  private readonly allowed: ReadonlySet<string>
  private readonly takenForOperation: ReadonlySet<string>
  private readonly isTrack: boolean
  private readonly byHeader = new Map<string, SentColumn | undefined>()

  constructor({ columns, refusals }: Reading, connection: Connection, isTrack: boolean) {
    this.readings = new Map(columns.map((column) => [column.header, column]))
    this.rules = connection.columns
    this.settingNames = new Map(Object.keys(connection.columns).map((header) => [columnKey(header), header]))
    this.emptyWords = new Set(connection.emptyWords)
    this.allowed = new Set(connection.allowValues)
    this.takenForOperation = new Set(
      refusals.filter(({ code }) => OPERATION_CODES.has(code)).flatMap(({ columns }) => columns),
    )
    this.isTrack = isTrack
  }

  known(): SentColumn[] {
    return [...this.byHeader.values()].filter((column) => column !== undefined)
  }

  addRow(row: { readonly [header: string]: Json }, index: number): void {
    for (const header in row) {
      const value = row[header] ?? null
      const column = this.add(header, '', value, index)
      if (column?.readAs.includes('properties') && isObject(value))
        for (const name in value) this.add(name, header, value[name] ?? null, index)
    }
  }

  /** Adds an object of Braze's own body. */
  addObject(row: Json, index: number): void {
    if (!isObject(row) || typeof row.array !== 'string' || !isObject(row.object)) return
    for (const name in row.object) {
      const value = row.object[name] ?? null
      this.add(name, row.array, value, index)
      if (name === 'properties' && row.array !== 'attributes' && isObject(value))
        for (const inner in value) this.add(inner, `${row.array} › ${name}`, value[inner] ?? null, index)
    }
  }

  private add(name: string, within: string, value: Json, row: number): SentColumn | undefined {
    const header = within === '' ? name : `${within} › ${name}`
    const column = this.byHeader.has(header) ? this.byHeader.get(header) : this.start(header, name, within)
    if (column === undefined || value === null || isEmpty(value)) return column
    if (typeof value === 'string') {
      const word = tidy(value)
      if (this.emptyWords.has(word)) return column
      if (isWordForNothing(word) && !this.allowed.has(word)) {
        column.nothing.push({ word, row })
        return column
      }
    }
    column.values.push(JSON.isRawJSON(value) ? Number(value.rawJSON) : value)
    column.rows.push(row)
    return column
  }

  /** Columns that the reading does not list are more than a person would look through. */
  private start(header: string, name: string, within: string): SentColumn | undefined {
    const shown = within === '' ? displayName(header) : displayName(`${within} › ${withoutMark(name)}`)
    const reading = this.readings.get(shown)
    const isSettable = within === '' && !this.isTrack
    const key = columnKey(withoutMark(name))
    const settingName = this.settingNames.get(key) ?? withoutMark(name)
    if (isSettable) this.settingNames.set(key, settingName)
    const column: SentColumn | undefined = reading && {
      header: withoutMark(header),
      column: shown,
      name: withoutMark(name),
      readAs: reading.readAs,
      writtenAs: reading.writtenAs,
      type: reading.type,
      rule: (isSettable && Object.hasOwn(this.rules, settingName) && this.rules[settingName]) || {},
      settingName,
      isSettable,
      values: [],
      rows: [],
      isTakenForOperation: this.takenForOperation.has(shown),
      nothing: [],
    }
    this.byHeader.set(header, column)
    return column
  }
}

const OPEN = ['attribute', 'property']

/**
 * Whether every row writes the column as an attribute or a property under a name of the sender's choice. If a
 * column looks like an operation, that must be settled first.
 */
export const isOpen = ({ readAs, isTakenForOperation }: SentColumn) =>
  !isTakenForOperation && readAs.length > 0 && readAs.every((read) => OPEN.includes(read))

export const isAttribute = ({ readAs }: SentColumn) =>
  readAs.length > 0 && readAs.every((read) => read === 'attribute')

/** The values of the rows that were not rejected. */
export const acceptedValues = ({ values, rows }: SentColumn, { accepted }: Pick<SentRequest, 'accepted'>) =>
  values.filter((_, place) => accepted.has(rows[place] ?? -1))

/** Whether any row of the request fills this field of the bridge. */
export const hasField = ({ columns }: Pick<SentRequest, 'columns'>, field: string) =>
  columns.some(({ readAs }) => readAs.includes(field))

export const hasAudience = (request: SentRequest) =>
  request.reading.memberships.length > 0 || hasField(request, 'audience')

/** Whether a column has texts only, and all of them pass. */
export const everyText = ({ values }: SentColumn, passes: (text: string) => boolean) =>
  values.length > 0 && values.every((value) => typeof value === 'string' && passes(tidy(value)))

/** The setting to add for a column, or nothing if settings for columns do not apply to it. */
export const columnSetting = (
  { isSettable, settingName, rule: given }: SentColumn,
  rule: Connection['columns'][string],
) =>
  isSettable && !(rule.drop && given.type !== undefined)
    ? { setting: { columns: { [settingName]: rule } } }
    : {}
