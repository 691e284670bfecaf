import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import { Capture } from '../../../functions/shared/capture.ts'

const Rows = Capture.pick({ rows: true })

/** @returns undefined where another version wrote it, or something else. Rows keep their numbers as they were written. */
export function readCapture(body: string): Capture | undefined {
  try {
    const { data } = Capture.safeParse(JSON.parse(body))
    if (!data) return undefined
    const exact = Rows.parse(parseExactly(body)).rows
    return { ...data, rows: data.rows.map((row, index) => ({ ...row, row: exact[index]?.row ?? null })) }
  } catch {
    return undefined
  }
}
