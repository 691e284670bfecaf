import type { Connection } from '../../../../functions/shared/connection.ts'

/** The kinds of mistakes, which docs/operating.md explains. People filter by them, so their names never change. */
export const WARNING_CODES = [
  'ENCODING_NEEDS_BYTES',
  'NO_ROWS',
  'NOTHING_TO_WRITE',
  'ID_STANDS_FOR_NOBODY',
  'ID_IS_EMAIL',
  'ID_HAS_SPACES',
  'ONE_ID_FOR_ALL',
  'ID_CUT_OFF',
  'ID_LOOKS_LIKE_BRAZE_ID',
  'ID_UNLIKE_OTHERS',
  'AUDIENCE_ID_UNLIKELY',
  'HEADER_NOT_READ',
  'FLAG_NOT_READ',
  'OPERATION_NOT_READ',
  'COLUMN_WITHOUT_NAME',
  'HEADERS_ALMOST_EQUAL',
  'STANDARD_FIELD_NOT_READ',
  'DATES_AS_NUMBERS',
  'DATES_NOT_ISO',
  'BOOLEANS_AS_TEXT',
  'NUMBERS_AS_TEXT',
  'NUMBERS_FORMATTED',
  'JSON_AS_TEXT',
  'EMPTY_WORDS',
  'GARBLED_TEXT',
] as const
export type WarningCode = (typeof WARNING_CODES)[number]

/** The part of a connection's settings that a warning suggests. */
export type SuggestedSettings = {
  columns?: { [header: string]: Connection['columns'][string] }
  emptyWords?: readonly string[]
}

/** A likely mistake in a request. It contains no value of a row. */
export type Warning = {
  code: WarningCode
  /** The header of the column, as the list of columns shows it. */
  column?: string
  /** The number of rows that it is about. */
  rows: number
  /** What is wrong, what it means for the data and what to do. */
  message: string
  /** What to add to the connection in cdk.json, if that would correct it. */
  setting?: SuggestedSettings
}

/** @returns all suggestions as one object, because a connection has each setting once. */
export function mergeSettings(warnings: readonly Warning[]): SuggestedSettings | undefined {
  const settings = warnings.flatMap(({ setting }) => setting ?? [])
  if (settings.length === 0) return undefined
  const columns = new Map<string, Connection['columns'][string]>()
  for (const [header, rule] of settings.flatMap(({ columns }) => Object.entries(columns ?? {})))
    columns.set(header, { ...columns.get(header), ...rule })
  const emptyWords = [...new Set(settings.flatMap(({ emptyWords }) => emptyWords ?? []))]
  return {
    ...(columns.size > 0 && { columns: Object.fromEntries(columns) }),
    ...(emptyWords.length > 0 && { emptyWords }),
  }
}
