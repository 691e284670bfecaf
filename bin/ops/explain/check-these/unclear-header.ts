import { delimiterOf } from '../../../../functions/receiver/decode/table.ts'
import { displayName, formatUnclear } from '../../../../functions/receiver/problems.ts'
import type { Capture } from '../../../../functions/shared/capture.ts'
import { mayNamePerson } from './unread-headers.ts'
import type { Warning } from './warning.ts'

/** A longer first line is no header line of a table that people look at. */
const MAX_CHARACTERS = 100_000

/**
 * Finds the column for the person in a table that was not recognized as one because no header of its first line is
 * known. Only the file itself has that line: a capture does not keep it, because it may hold somebody's data.
 */
export function unclearHeader(body: Buffer, { problem }: Capture): Warning[] {
  if (problem?.problem !== formatUnclear([]).problem) return []
  const [line = ''] = body
    .toString('utf8', 0, MAX_CHARACTERS)
    .trimStart()
    .split(/[\r\n]/, 1)
  const cells = line.split(delimiterOf(line)).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  const header = cells.find(mayNamePerson)
  if (header === undefined) return []
  return [
    {
      code: 'HEADER_NOT_READ',
      column: displayName(header),
      rows: 0,
      message:
        'The first line may be the header of a table, in which this column may be meant for the person. The bridge does not know its header, so it cannot use the file. If it is meant, rename it to "external_id".',
      setting: { columns: { [header]: { rename: 'external_id' } } },
    },
  ]
}
