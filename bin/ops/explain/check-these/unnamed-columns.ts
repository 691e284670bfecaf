import { columnSetting, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

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

/** Names of a row's number, which data frames export if nobody turns it off. */
const ROW_NUMBER =
  /^(?:index|x|rownames?|row[ _]?names?|row[ _]?num(?:ber)?|row[ _]?(?:id|no)|rn|rownum|nr|#)$/i

/** Two rows could be numbered by chance. */
const LEAST_ROWS = 3

/** Whether the values count the rows, from 0 or 1. */
function isRowNumber({ name, values }: SentColumn): boolean {
  if (!ROW_NUMBER.test(name.trim()) || values.length < LEAST_ROWS) return false
  const start = Number(values[0])
  return (start === 0 || start === 1) && values.every((value, index) => Number(value) === start + index)
}

/** Finds columns that nobody named. */
export const unnamedColumns = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (!isOpen(column) || column.rule.rename !== undefined || column.values.length === 0) return []
    const isUnnamed = column.name.trim() === '' || UNNAMED.some((form) => form.test(column.name.trim()))
    if (!isUnnamed && !isRowNumber(column)) return []
    return [
      {
        code: 'COLUMN_WITHOUT_NAME',
        column: column.column,
        rows: column.values.length,
        message: `The header looks like one that a program gave to a column without a name, such as the number of the row. ${
          column.readAs.includes('property')
            ? 'Every event would carry it.'
            : 'Braze would store it as an attribute of every person.'
        } ${column.isSettable && column.header !== '' ? 'If nobody needs it, leave it out.' : 'If nobody needs it, leave it out of the export.'}`,
        ...columnSetting(column, { drop: true }),
      },
    ]
  })
