import type { Json } from '../../functions/shared/json.ts'

/**
 * Parses JSON that is shown to a person. Every number stays as it was written (`1.10`, `-0`, `1E5`, an id of 20
 * digits), and `JSON.stringify` writes it back digit by digit.
 * @returns undefined if the text is not JSON, or is nested too deeply.
 */
export function parseAsWritten(text: string): Json | undefined {
  try {
    return JSON.parse(text, (_name, value, { source }) =>
      typeof value === 'number' && source !== undefined ? JSON.rawJSON(source) : value,
    )
  } catch {
    return undefined
  }
}

/** Indents JSON for a person, with every number as it was written. Any other text stays unchanged. */
export function indented(text: string): string {
  const value = parseAsWritten(text)
  return value === undefined ? text : JSON.stringify(value, null, 2)
}
