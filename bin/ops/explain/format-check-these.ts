import { escapedInJson, labelled } from '../../cli/lines.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { mergeSettings, type SuggestedSettings, type Warning } from './check-these/warning.ts'
import type { RejectedRows } from './rejected-rows.ts'

/** Formats the rejected rows with their positions, so that a person can find them in the file. */
export const formatRejected = (rejected: readonly RejectedRows[], connection: string): string[] =>
  labelled(
    'Rejected',
    rejected.flatMap(({ code, column, otherColumn, rows, firstRows, firstLines, reason, hint, setting }) => [
      `${plural(rows, 'row')} ${code}${columnsOf(column, otherColumn)}: ${whereOf(rows, firstRows, firstLines)}`,
      ...(reason === undefined ? [] : [`  ${reason} ${hint}`]),
      ...(setting === undefined
        ? []
        : [`  In cdk.json, under the connection "${connection}": ${settingText(setting)}`]),
    ]),
  )

function columnsOf(column: string | undefined, otherColumn: string | undefined): string {
  if (column === undefined) return ''
  return otherColumn === undefined ? ` in ${column}` : ` in ${column} and ${otherColumn}`
}

function whereOf(rows: number, firstRows: readonly number[], firstLines: readonly number[] = []): string {
  if (firstRows.length === 0) return 'not among the rows that the capture keeps'
  const others = rows > firstRows.length ? ` and ${formatCount(rows - firstRows.length)} more` : ''
  return `${listed('row', firstRows)}${firstLines.length > 0 ? ` (${listed('line', firstLines)})` : ''}${others}`
}

const listed = (noun: string, numbers: readonly number[]) =>
  `${noun}${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`

/** A person does not read more columns with the same mistake. */
const MAX_COLUMNS = 10

/**
 * Formats the warnings, one for all columns with the same mistake, and what to add to the settings.
 * @param rowsNotKept how many rows of the request the warnings do not cover.
 */
export function formatWarnings(
  warnings: readonly Warning[],
  { connection, rows, rowsNotKept }: { connection: string; rows: number; rowsNotKept: number },
): string[] {
  if (warnings.length === 0) return []
  const { mistakes, allSettings } = groupWarnings(warnings)
  return labelled('Check these', [
    ...(rowsNotKept > 0 ? [`Only the first ${plural(rows, 'row')} of the request could be checked.`] : []),
    ...mistakes.flatMap(({ code, subject, message, setting }) => [
      [code, subject].filter((text) => text !== '').join(' '),
      `  ${message}`,
      ...(setting === undefined ? [] : [`  In cdk.json, under the connection "${connection}": ${setting}`]),
    ]),
    ...(allSettings === undefined
      ? []
      : [`All of these settings in cdk.json, under the connection "${connection}": ${allSettings}`]),
  ])
}

/** The warnings, grouped for people. Settings have the form that they have between the braces of a connection. */
export type GroupedWarnings = {
  mistakes: { code: Warning['code']; subject: string; message: string; setting?: string }[]
  /** All settings together, if several mistakes have one. */
  allSettings?: string
}

/** Combines all warnings about the same mistake, in the order of the first of each. */
export function groupWarnings(warnings: readonly Warning[]): GroupedWarnings {
  const groups = [...Map.groupBy(warnings, ({ code, message }) => `${code} ${message}`).values()]
  const mistakes = groups.flatMap((group) => {
    const setting = mergeSettings(group)
    return group.slice(0, 1).map(({ code, message }) => ({
      ...{ code, subject: subjectOf(group), message },
      ...(setting && { setting: settingText(setting) }),
    }))
  })
  const all = mergeSettings(warnings)
  const isSeveral = mistakes.filter(({ setting }) => setting !== undefined).length > 1
  return { mistakes, ...(all && isSeveral && { allSettings: settingText(all) }) }
}

function subjectOf(group: readonly Warning[]): string {
  const named = group.filter(({ column }) => column !== undefined)
  const shown = named
    .slice(0, MAX_COLUMNS)
    .map(({ column, rows }) => (rows > 0 ? `${column} (${plural(rows, 'row')})` : `${column}`))
  const others =
    named.length > MAX_COLUMNS ? [`and ${formatCount(named.length - MAX_COLUMNS)} more columns`] : []
  const rows = group.reduce((sum, { rows }) => sum + rows, 0)
  if (shown.length > 0) return `in ${[...shown, ...others].join(', ')}`
  return rows > 0 ? `in ${plural(rows, 'row')}` : ''
}

/** Writes settings for `cdk.json`. Invisible characters are escaped. */
export const settingText = (setting: SuggestedSettings) =>
  escapedInJson(
    Object.entries(setting)
      .map(([name, value]) => `"${name}": ${spaced(JSON.stringify(value, undefined, 1))}`)
      .join(', '),
  )

/** Puts JSON that was written over several lines on one. A text in it holds no line break. */
const spaced = (json: string) =>
  json
    .replace(/\n */g, ' ')
    .replace(/([[{]) /g, '$1')
    .replace(/ ([\]}])/g, '$1')
