import { isUtf8 } from 'node:buffer'
import { toText } from '../../../../functions/receiver/decode/decode.ts'
import { expand } from '../../../../functions/receiver/decode/expand.ts'
import { delimiterOf } from '../../../../functions/receiver/decode/table.ts'
import { displayName, isProblem } from '../../../../functions/receiver/problems.ts'
import type { Capture } from '../../../../functions/shared/capture.ts'
import { bodyFromGateway } from '../../../local/http-event.ts'
import { mayNamePerson } from './unread-headers.ts'
import type { Warning } from './warning.ts'

/** Finds requests that change nothing in Braze. */
export function nothingWritten({ reading, format }: Capture): Warning[] {
  // A request without a body tests the connection.
  if (!reading || format.bytes === 0) return []
  const { received, accepted, skipped, attributeWrites, events, purchases } = reading
  if (received === 0)
    return [
      {
        code: 'NO_ROWS',
        rows: 0,
        message: `There are no rows: ${
          skipped === undefined
            ? 'the body is empty or only a header line'
            : 'all lines were skipped because they are not data'
        }. Nothing would change in Braze. Export the rows. If a program joined all lines into one, as curl -d does, send the file as it is (curl --data-binary).`,
      },
    ]
  // All rows are rejected, and listed as such.
  if (accepted === 0) return []
  if (attributeWrites + events + purchases > 0) return []
  return [
    {
      code: 'NOTHING_TO_WRITE',
      rows: accepted,
      message:
        'The rows name people, but contain no membership, attribute or event. Nothing would change in Braze. Export what should be written, and check which columns the connection drops or leaves out.',
    },
  ]
}

/** An empty file. As a request, it would test the connection. */
export const EMPTY_FILE: Warning = {
  code: 'NO_ROWS',
  rows: 0,
  message: 'The file is empty. As a request, it would only test the connection. Export the rows.',
}

/** @returns the text of a file as the receiver reads it; undefined if it cannot be expanded. */
function textOf(body: Buffer): string | undefined {
  const expanded = expand(undefined, body)
  return isProblem(expanded) ? undefined : toText(expanded)
}

/**
 * Finds files that API Gateway would destroy if they were sent with a text content type, which it decodes as UTF-8.
 * @param contentType the content type that the file is sent with, if it is known.
 */
export function needsBytes(body: Buffer, contentType: string | undefined): Warning[] {
  const given = contentType === undefined ? {} : { 'content-type': contentType }
  const isSentAsBytes = contentType !== undefined && bodyFromGateway(body, given).text === undefined
  if (isSentAsBytes || isUtf8(body)) return []
  const text = textOf(body)
  const decoded = bodyFromGateway(body, { 'content-type': 'text/plain' }).body
  if (text === undefined || text === textOf(decoded)) return []
  return [
    {
      code: 'ENCODING_NEEDS_BYTES',
      rows: 0,
      message:
        'The file is compressed, or its text is UTF-16. With a text content type (text/csv, application/json) and no Content-Encoding, API Gateway would decode it as UTF-8 before the bridge gets it, which would destroy it. Send it as application/octet-stream, or save it as UTF-8 without compression.',
    },
  ]
}

/** A longer first line cannot be the header of a table that people look at. */
const MAX_CHARACTERS = 100_000

/** The problems of a text that is not a table. A header in quotes looks like JSON. */
const UNREAD = ['format-unclear', 'not-json']

/**
 * Finds the column for the person in a table that was not recognised as one because no header of its first line is
 * known. Only the file itself has that line: a capture does not keep it, because it may hold somebody's data.
 */
export function unclearHeader(body: Buffer, { problem }: Capture): Warning[] {
  if (!UNREAD.includes(problem?.problem ?? '')) return []
  const [line = ''] = (textOf(body) ?? '')
    .slice(0, MAX_CHARACTERS)
    .trimStart()
    .split(/[\r\n]/, 1)
  if (/^[[{]/.test(line)) return []
  const cells = line.split(delimiterOf(line)).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  const header = cells.find(mayNamePerson)
  if (header === undefined) return []
  return [
    {
      code: 'HEADER_NOT_READ',
      column: displayName(header),
      rows: 0,
      message:
        'The first line may be the header of a table in which this column identifies the person. The bridge does not know its header, so it cannot use the file. If it identifies the person, rename it to "external_id".',
      setting: { columns: { [header]: { rename: 'external_id' } } },
    },
  ]
}
