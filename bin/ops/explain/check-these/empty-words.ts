import type { SentColumn, SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'
import { isClear } from './words.ts'

const WRITTEN = new Set(['attribute', 'property', 'standard field'])

/** Finds words for a missing value that Braze would store as text. */
export function emptyWords({ columns, connection, isTrack }: SentRequest): Warning[] {
  const written = columns.filter(
    ({ readAs, nothing }) => nothing.length > 0 && readAs.some((read) => WRITTEN.has(read)),
  )
  const columnsOf = Map.groupBy(
    written.flatMap((column) =>
      [...new Set(column.nothing.map(({ word }) => word))].map((word) => ({ word, column })),
    ),
    ({ word }) => word,
  )
  const isMeant = (word: string, column: SentColumn) =>
    isSurname(column)
      ? (columnsOf.get(word) ?? []).length > 1
      : isClear(word) || (columnsOf.get(word) ?? []).length > 1 || isOfNoText(column)
  const words = [...columnsOf]
    .filter(([word, of]) => of.some(({ column }) => isMeant(word, column)))
    .map(([word]) => word)
  if (words.length === 0) return []
  const found = new Set(words)
  const concerned = written.filter(({ nothing }) => nothing.some(({ word }) => found.has(word)))
  const rows = new Set(
    concerned.flatMap(({ nothing }) => nothing.filter(({ word }) => found.has(word)).map(({ row }) => row)),
  )
  const [only] = concerned
  const setting = { emptyWords: [...(connection.emptyWords ?? []), ...words] }
  return [
    {
      code: 'EMPTY_WORDS',
      ...(concerned.length === 1 && only && { column: only.column }),
      rows: rows.size,
      message: `Cells of ${namesOf(concerned)} contain words for a missing value (${listOf(words)}). Braze would store them as text, and show them in messages. ${
        isTrack ? 'Send null, or leave the name out.' : 'Declare them as empty.'
      }`,
      ...(!isTrack && { setting }),
    },
  ]
}

const MAX_NAMES = 5
const namesOf = (columns: readonly SentColumn[]) =>
  columns.length > MAX_NAMES ? `${columns.length} columns` : columns.map(({ column }) => column).join(', ')

const listOf = (words: readonly string[]) => words.map((word) => `"${word}"`).join(', ')

/** Some people are called Null. */
const isSurname = ({ name, writtenAs }: SentColumn) =>
  writtenAs.includes('last_name') || /surname|last.?name|nachname|nom|apellido|cognome/i.test(name)

const isOfNoText = ({ values }: SentColumn) =>
  values.every((value) => typeof value !== 'string' || /^[-+\d.,:/ TZ]+$|^(true|false)$/i.test(value))
