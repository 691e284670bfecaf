import { isRowErrorCode, rowErrorTexts } from '../../../functions/receiver/row-errors.ts'
import type { Capture } from '../../../functions/shared/capture.ts'
import type { SuggestedSettings } from './check-these/warning.ts'

/** Enough to find the mistake in a file. */
const MAX_SHOWN = 5

/** Rows that were rejected for one reason in one column. */
export type RejectedRows = {
  code: string
  column?: string
  rows: number
  /** The positions of the first of them in the request, from 0. Empty if none of them fit into the capture. */
  firstRows: readonly number[]
  /** The lines of the file that these begin on, from 1, where they are known. */
  firstLines?: readonly number[]
  /** The other column, if two of them contradict each other. */
  otherColumn?: string
  reason?: string
  hint?: string
  /** What to add to the connection in cdk.json, where that is known. */
  setting?: SuggestedSettings
}

/** Groups the rejected rows by code and column, in the order of the first row of each. */
export function rejectedRows({ rows, reading }: Capture): RejectedRows[] {
  const rejected = rows.filter(({ code }) => code !== undefined)
  const groups = [
    ...Map.groupBy(rejected, ({ code, field, other }) => JSON.stringify([code, field, other])).values(),
  ]
  const kept = new Map<string, number>()
  const found = groups.flatMap((rows): RejectedRows[] => {
    const [first] = rows
    if (first?.code === undefined) return []
    kept.set(first.code, (kept.get(first.code) ?? 0) + rows.length)
    const shown = rows.slice(0, MAX_SHOWN)
    const lines = shown.flatMap(({ line }) => line ?? [])
    return [
      {
        code: first.code,
        ...(first.field !== undefined && { column: first.field }),
        ...(first.other !== undefined && { otherColumn: first.other }),
        rows: rows.length,
        firstRows: shown.map(({ index }) => index),
        ...(lines.length === shown.length && { firstLines: lines }),
        ...textsOf(first.code),
        ...settingFor(first),
      },
    ]
  })
  const notKept = (reading?.refusals ?? []).flatMap(({ code, rows }): RejectedRows[] => {
    const others = rows - (kept.get(code) ?? 0)
    return others > 0 ? [{ code, rows: others, firstRows: [], ...textsOf(code) }] : []
  })
  return [...found, ...notKept]
}

/** The setting that reads an operation under another name. */
const settingFor = ({ code, field }: Capture['rows'][number]) =>
  code === 'OP_UNCLEAR' && field !== undefined
    ? { setting: { columns: { [field]: { rename: 'op' as const } } } }
    : {}

const textsOf = (code: string) => (isRowErrorCode(code) ? rowErrorTexts(code) : {})
