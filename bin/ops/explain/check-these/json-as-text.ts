import { columnSetting, everyText, isOpen, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

const isJson = (text: string) => {
  if (!/^(?:\[[\s\S]*\]|\{[\s\S]*\})$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Lists and objects as Python writes them, and arrays as PostgreSQL does. */
const OTHER_NOTATION = [
  /^[[({]\s*'[\s\S]*'\s*,?\s*[\])}]$/,
  /^\{[^\s{}":]+(?:,[^{}":]+)+\}$/,
  /^ARRAY\[.*\]$/i,
]

/** Finds lists and objects that were sent as texts. */
export const jsonAsText = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (!isOpen(column) || column.type !== undefined) return []
    const isReadable = everyText(column, isJson)
    if (!isReadable && !everyText(column, (text) => OTHER_NOTATION.some((form) => form.test(text)))) return []
    const toDo = !column.isSettable
      ? 'Send the list or the object itself, without quotes around it.'
      : isReadable
        ? 'Set its type before the first run.'
        : 'Export it as JSON (["a","b"]), and set the type "json".'
    return [
      {
        code: 'JSON_AS_TEXT',
        column: column.column,
        rows: column.values.length,
        message: `Every value is a list or an object written as text. Braze would store the text, brackets and quotes included, and no segment could look into it. ${toDo}`,
        ...(isReadable && columnSetting(column, { type: 'json' })),
      },
    ]
  })
