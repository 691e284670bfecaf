import * as z from 'zod'
import { columnOf } from '../../functions/receiver/columns.ts'
import { decode } from '../../functions/receiver/decode/decode.ts'
import { MOVED_BY_SQS } from '../ops/redrive/letter.ts'
import type { Braze } from './braze/braze.ts'
import type { StoredEvent } from './braze/change.ts'
import type { Letter } from './letters.ts'
import type { Paint } from './paint.ts'

export type Answer = {
  status: number
  requestId: string
  errors: { index: number; code: string; message: string }[]
}

const WHY_AGAIN =
  "the local queues forget at a stop what they have seen (in AWS they don't), so each demo sends it again, and Braze recognises no repeat"

/** The columns of the sample rows that say who and what. */
const Row = z.preprocess(
  withSmallHeaders,
  z.object({
    external_id: z.string().optional(),
    braze_id: z.string().optional(),
    event_name: z.string().optional(),
    time: z.string().optional(),
    timestamp: z.number().optional(),
  }),
)
type Row = z.infer<typeof Row>

/** ActionIQ's files have their headers in capitals. */
function withSmallHeaders(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  return Object.fromEntries(Object.entries(row).map(([header, cell]) => [header.toLowerCase(), cell]))
}

/** What Braze and the dead-letter queues are asked. */
type Ask = Pick<Braze, 'profile' | 'events'>

/** Characters of a person's name in the list: a braze_id has 24. */
const WHO_WIDTH = 24

/** Characters of a reason's line. */
const REASON_WIDTH = 72

/** Row by row of one request: what stands in Braze now, or why it was parked. */
export function reportSample(
  { file, path, body, answer }: { file: string; path: string; body: string; answer: Answer },
  braze: Ask,
  letters: readonly Letter[],
  paint: Paint,
): string[] {
  const own = letters.filter(({ requestId }) => requestId === answer.requestId)
  const lines = rowsOf(body).flatMap((row, index) => {
    const refused = refusalOf(row, index, answer, own)
    const number = paint('dim', `row ${index}`)
    const what = refused
      ? [paint('yellow', `parked: ${refused.code}`), ...wrap(refused.text).map((line) => paint('dim', line))]
      : arrivedOf(row, braze)
    const [first = '', ...more] = what
    const who = row.external_id ?? row.braze_id ?? '(nobody)'
    return [
      `  ${number}  ${who.padEnd(WHO_WIDTH)}  ${first}`,
      ...more.map((line) => `${' '.repeat(11 + WHO_WIDTH)}${line}`),
    ]
  })
  return ['', `${paint('bold', file)} to ${path}, answered ${answer.status}`, ...lines]
}

/** A body's rows, in whatever format: an array, or the one under `records`. */
function rowsOf(body: string): Row[] {
  const decoded = decode({ headers: {}, body: Buffer.from(body) }, { columnOf, emptyCells: undefined })
  return z
    .union([z.array(Row), z.object({ records: z.array(Row) }).transform(({ records }) => records)])
    .parse('json' in decoded ? decoded.json : [])
}

/** A row was parked by the receiver, which named its index in the answer, or later by the worker. */
function refusalOf(row: Row, index: number, { errors }: Answer, letters: readonly Letter[]) {
  const error = errors.find((candidate) => candidate.index === index)
  if (error) return { code: error.code, text: error.message }
  const letter = letters.find(({ records }) => records.some((record) => isOf(record, row)))
  if (!letter) return undefined
  const { code = MOVED_BY_SQS, reason = '', hint = '' } = letter.failure ?? {}
  return { code, text: `${reason} ${hint}` }
}

const isOf = (record: Letter['records'][number], row: Row) =>
  record.external_id === row.external_id &&
  record.braze_id === row.braze_id &&
  (record.type === 'event' ? record.name : undefined) === row.event_name

function arrivedOf(row: Row, braze: Ask): string[] {
  const profile =
    (row.external_id !== undefined && braze.profile({ external_id: row.external_id })) ||
    (row.braze_id !== undefined && braze.profile({ braze_id: row.braze_id }))
  if (!profile) return ['not in Braze yet']
  if (row.event_name !== undefined) {
    const same = braze
      .events()
      .filter((event) => event.braze_id === profile.braze_id && event.name === row.event_name)
    return eventLines(row.event_name, same)
  }
  const attributes = Object.entries({ ...profile.standard, ...profile.custom_attributes })
  if (attributes.length === 0) return ['in Braze, without attributes']
  return attributes.map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
}

function eventLines(name: string, same: readonly StoredEvent[]): string[] {
  const last = same.at(-1)
  if (!last) return [`${name}: not in Braze yet`]
  const properties = Object.entries(last.properties).map(
    ([key, value]) => `${key} = ${JSON.stringify(value)}`,
  )
  const again = same.length > 1 ? wrap(`in Braze ${same.length} times by now: ${WHY_AGAIN}`) : []
  return [`event ${name} at ${last.time}`, ...properties, ...again]
}

/** Cuts a text at spaces into lines that are no longer than they should be. */
function wrap(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > REASON_WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
