import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import { Capture } from '../../../functions/shared/capture.ts'

const Rows = Capture.pick({ rows: true })

/**
 * Reads a capture and keeps the numbers in its rows exactly as they were written.
 * @returns undefined if another version or another program wrote the message.
 */
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
