import { delimiterOf } from '../../../../functions/receiver/decode/table.ts'
import { displayName, formatUnclear } from '../../../../functions/receiver/problems.ts'
import type { Capture } from '../../../../functions/shared/capture.ts'
import { mayNamePerson } from './unread-headers.ts'
import type { Warning } from './warning.ts'

/** Finds requests that change nothing in Braze. */
export function nothingWritten({ reading, format }: Capture): Warning[] {
  // A request without a body tests the connection.
  if (!reading || format.bytes === 0) return []
  const { received, accepted, attributeWrites, events, purchases } = reading
  if (received === 0)
    return [
      {
        code: 'NO_ROWS',
        rows: 0,
        message:
          'There is no row: the body is empty, or only a header line. Nothing would change in Braze. Export the rows; if a program joined all lines into one, as curl -d does, send the file as it is (curl --data-binary).',
      },
    ]
  if (accepted === 0)
    return [
      {
        code: 'NO_ROW_ACCEPTED',
        rows: received,
        message:
          'No row can be used, so nothing would change in Braze. Correct what the rejected rows have in common.',
      },
    ]
  if (attributeWrites + events + purchases > 0) return []
  return [
    {
      code: 'NOTHING_TO_WRITE',
      rows: accepted,
      message:
        'The rows name persons, and no membership, attribute or event. Nothing would change in Braze. Export what is to be written, and check which columns the connection drops or leaves out.',
    },
  ]
}

/** An empty file. As a request, it would test the connection. */
export const EMPTY_FILE: Warning = {
  code: 'NO_ROWS',
  rows: 0,
  message: 'The file is empty. As a request it would only test the connection. Export the rows.',
}

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
