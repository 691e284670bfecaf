import { membershipColumns } from './membership-columns.ts'
import {
  columnSetting,
  everyText,
  hasAudience,
  hasField,
  isOpen,
  type SentColumn,
  type SentRequest,
} from './sent-request.ts'
import type { Warning } from './warning.ts'
import { wordSet } from './word-set.ts'

/** What a spreadsheet writes for TRUE and FALSE. A person would rather write yes and no. */
const SPREADSHEET_WORDS = wordSet(`
  wahr falsch vrai faux verdadero falso verdadeiro vero waar onwaar sant falskt prawda fałsz
`)

const isJsonWord = (text: string) => /^(?:true|false)$/i.test(text)
const isSpreadsheetWord = (text: string) => SPREADSHEET_WORDS.has(text.toLowerCase())

/** PostgreSQL writes `t` and `f`. One of them alone could be anything. */
const isPostgres = (column: SentColumn) =>
  everyText(column, (text) => text === 't' || text === 'f') &&
  column.values.includes('t') &&
  column.values.includes('f')

/** Finds columns of true and false that were sent as texts. */
export function booleansAsText(request: SentRequest): Warning[] {
  const mayBeOperation =
    !request.isTrack &&
    hasAudience(request) &&
    !hasField(request, 'op') &&
    membershipColumns(request).length === 0
  return request.columns.flatMap((column) => {
    if (!isOpen(column) || column.type !== undefined) return []
    const isReadable = everyText(column, isJsonWord)
    if (!isReadable && !everyText(column, isSpreadsheetWord) && !isPostgres(column)) return []
    return [
      {
        code: 'BOOLEANS_AS_TEXT',
        column: column.column,
        rows: column.values.length,
        message: `Every value is true or false, but it is sent as text. Braze gives an attribute or a property the type of its first value, so it would stay a text for everybody. ${whatToDo(column, isReadable)}${
          mayBeOperation && column.readAs.includes('attribute')
            ? ' If it says whether the person is in the audience, rename it to "op" instead.'
            : ''
        }`,
        ...(isReadable && columnSetting(column, { type: 'bool' })),
      },
    ]
  })
}

function whatToDo({ isSettable }: SentColumn, isReadable: boolean): string {
  if (!isSettable) return 'Send true and false without quotes.'
  return isReadable
    ? 'Set its type before the first run.'
    : 'Export true and false, because the type "bool" does not read these words, and set the type "bool".'
}
