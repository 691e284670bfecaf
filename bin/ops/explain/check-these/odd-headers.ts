import { invisibleIn, isBlank, tidy, withoutInvisible } from '../../../../functions/shared/invisible.ts'
import { columnSetting, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

/** A separator between digits makes another name: `score_1_0` is not `score_10`. */
const SEPARATOR = /(?<!\d)[-_\s]+|[-_\s]+(?!\d)/g

const keyOf = (name: string) => withoutUnseen(name).toLowerCase().replace(SEPARATOR, '')

/** The name without invisible characters and with composed letters. Ordinary spaces stay. */
const withoutUnseen = (name: string) => tidy(name).split(' ').map(withoutInvisible).join(' ').normalize('NFC')

const isHidden = (name: string) => invisibleIn(tidy(name)) !== undefined

/** Finds headers that differ only in case, `_`, `-`, spaces or invisible characters. */
export function sameHeaders({ columns, isTrack }: SentRequest): Warning[] {
  const open = columns.filter(
    (column) => isOpen(column) && column.rule.rename === undefined && column.values.length > 0,
  )
  const groups = Map.groupBy(open, (column) => [kindOf(column, isTrack), keyOf(column.name)].join(' '))
  return [...groups.values()].flatMap((same) => {
    const [first, ...others] = [...same].sort(
      (a, b) => b.values.length - a.values.length || Number(isHidden(a.name)) - Number(isHidden(b.name)),
    )
    if (!first) return []
    return others
      .filter(({ name }) => tidy(name) !== tidy(first.name))
      .map((other) => almostEqual(first, other))
  })
}

const kindOf = ({ header, readAs }: SentColumn, isTrack: boolean) =>
  isTrack ? header.split(' ')[0] : readAs.join()

function almostEqual(first: SentColumn, other: SentColumn): Warning {
  const kind = other.readAs.includes('property') ? 'properties' : 'attributes'
  const isDifferent = differsInRow(first, other)
  const toDo =
    isDifferent || !other.isSettable || !first.isSettable
      ? 'Export only one of the two. No setting can tell them apart, so "drop" would leave out both.'
      : `Write both under one name.`
  return {
    code: 'HEADERS_ALMOST_EQUAL',
    column: other.column,
    rows: other.values.length,
    message: `The header differs from ${first.column} only in ${
      isHidden(first.name) || isHidden(other.name) ? 'invisible characters' : 'case, "_", "-" or spaces'
    }. Braze compares names exactly, so these are two ${kind}${
      isDifferent ? ', and some rows have different values in them' : ''
    }. ${toDo}`,
    ...(!isDifferent && first.isSettable && columnSetting(other, { rename: withoutUnseen(first.name) })),
  }
}

/** Whether a row holds both with different values. Under one name it would be rejected. */
function differsInRow(first: SentColumn, other: SentColumn): boolean {
  const valueIn = new Map(first.rows.map((row, index) => [row, first.values[index]]))
  return other.rows.some(
    (row, index) =>
      valueIn.has(row) && JSON.stringify(valueIn.get(row)) !== JSON.stringify(other.values[index]),
  )
}

/** What programs call a column that has no name. */
const UNNAMED = [
  // pandas, with its index and levels, and Arrow
  /^unnamed: ?\d+(?:\.\d+)?(?:_level_\d+)?$/i,
  /^__index_level_\d+__$/,
  /^level_\d+$/,
  // Spark, Hive, Scala
  /^_c(?:ol)?\d+$/,
  /^_\d+$/,
  /^_u\d+$/,
  // R and its tidyverse, and tools that follow it
  /^\.\.\.\d+$/,
  /^\.\.\d+$/,
  // PostgreSQL, BigQuery, SQL Server, Calcite, Access, SQLAlchemy, DuckDB, MySQL
  /^\?column\?\d*$/,
  /^f\d+_$/,
  /^\(no column name\)$/i,
  /^no column name$/i,
  /^expr[$_]?\d+$/i,
  /^anon_\d+$/,
  /^count_star\(\)$/,
  /^(?:count|sum|min|max|avg|coalesce|cast|concat|nvl|ifnull)\(.*\)$/i,
  /^\$\d+$/,
  // Spreadsheets and importers, in several languages
  /^(?:column|col|field|spalte|colonne|columna|coluna|colonna|kolom|kolumn|kolonne|feld|champ|campo)[ _-]?\d+$/i,
  /^(?:unnamed|unnamed column|untitled|noname|no name|nameless|blank|\(blank\)|\(empty\)|\(none\)|<unnamed>|<none>)$/i,
  // Headers that are their own position
  /^\d{1,3}$/,
]

/** Names of row numbers, which data frames export unless somebody turns that off. */
const ROW_NUMBER =
  /^(?:index|x|rownames?|row[ _]?names?|row[ _]?num(?:ber)?|row[ _]?(?:id|no)|rn|rownum|nr|#)$/i

/** Two rows could look numbered by chance. */
const LEAST_ROWS = 3

/** Whether the values count the rows, from 0 or 1. */
function isRowNumber({ name, values }: SentColumn): boolean {
  if (!ROW_NUMBER.test(tidy(name)) || values.length < LEAST_ROWS) return false
  const start = Number(values[0])
  return (start === 0 || start === 1) && values.every((value, index) => Number(value) === start + index)
}

/** Finds columns that nobody named. */
export const unnamedColumns = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (!isOpen(column) || column.rule.rename !== undefined || column.values.length === 0) return []
    const isUnnamed = isBlank(column.name) || UNNAMED.some((form) => form.test(tidy(column.name)))
    if (!isUnnamed && !isRowNumber(column)) return []
    return [
      {
        code: 'COLUMN_WITHOUT_NAME',
        column: column.column,
        rows: column.values.length,
        message: `The header looks like one that a program gave to a column without a name, such as the row number. ${
          column.readAs.includes('property')
            ? 'Every event would have it as a property.'
            : 'Braze would store it as an attribute of every person.'
        } ${column.isSettable ? 'If nobody needs it, drop it.' : 'If nobody needs it, leave it out of the export.'}`,
        ...columnSetting(column, { drop: true }),
      },
    ]
  })
