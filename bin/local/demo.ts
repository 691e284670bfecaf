import * as z from 'zod'
import { builtInColumn } from '../../functions/receiver/columns.ts'
import { decode } from '../../functions/receiver/decode/decode.ts'
import { TOKEN_HEADER } from '../../functions/shared/connection.ts'
import type { Paint } from '../cli/paint.ts'
import { MOVED_BY_SQS } from '../ops/redrive/dead-letter.ts'
import type { StoredEvent } from './braze/change.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import type { LocalDeadLetter } from './dead-letters.ts'
import { readSamples } from './samples.ts'
import type { Local } from './start.ts'

const ReceiverAnswer = z.object({
  requestId: z.string(),
  errors: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })).default([]),
})

/**
 * Sends the sample input as a sender would, waits until all of it is delivered or parked, and prints the
 * result of each row.
 */
export async function demo(
  local: Local,
  token: string,
  print: (line: string) => void,
  paint: Paint,
): Promise<void> {
  const { simulator } = local
  if (!simulator) return
  print(paint('bold', 'Sending the sample input'))
  print('')
  const sent: { file: string; path: string; body: string; answer: SampleResponse }[] = []
  for (const { file, endpoint, body } of readSamples()) {
    const path = `/v1/${endpoint}`
    sent.push({ file, path, body, answer: await post(`${local.url}${path}`, token, body) })
  }
  const late = await local.queues.waitUntilQuiet().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  for (const sample of sent)
    for (const line of reportSample(sample, simulator, local.queues.deadLetters(), paint)) print(line)
  if (late !== undefined) print(paint('yellow', `Not everything is delivered yet, ${late}.`))
}

async function post(url: string, token: string, body: string): Promise<SampleResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', [TOKEN_HEADER]: token },
    body,
  })
  const text = await response.text()
  const parsed = ReceiverAnswer.safeParse(JSON.parse(text))
  return { status: response.status, ...(parsed.data ?? { requestId: '', errors: [] }) }
}

export type SampleResponse = {
  status: number
  requestId: string
  errors: { index: number; code: string; message: string }[]
}

const WHY_AGAIN =
  'unlike AWS, the local queues recognize no repetition from before a stop, so each demo sends the event again, and Braze keeps both'

/** The columns of the sample rows that identify the user and the event. */
const Row = z.preprocess(
  withLowerCaseHeaders,
  z.object({
    external_id: z.string().optional(),
    braze_id: z.string().optional(),
    event_name: z.string().optional(),
    time: z.string().optional(),
    timestamp: z.number().optional(),
  }),
)
type Row = z.infer<typeof Row>

/** The headers in ActionIQ's files are in capitals. */
function withLowerCaseHeaders(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row
  return Object.fromEntries(Object.entries(row).map(([header, cell]) => [header.toLowerCase(), cell]))
}

type BrazeLookUp = Pick<BrazeSimulator, 'profile' | 'events'>

/** The width of the identifier column, in characters. A braze_id has 24. */
const WHO_WIDTH = 24

/** The longest line of a reason, in characters. */
const REASON_WIDTH = 72

/** Prints one request row by row: what Braze now holds, or why the row was parked. */
export function reportSample(
  { file, path, body, answer }: { file: string; path: string; body: string; answer: SampleResponse },
  braze: BrazeLookUp,
  deadLetters: readonly LocalDeadLetter[],
  paint: Paint,
): string[] {
  const own = deadLetters.filter(({ requestId }) => requestId === answer.requestId)
  const lines = rowsOf(body).flatMap((row, index) => {
    const parked = parkReasonOf(row, index, answer, own)
    const number = paint('dim', `row ${index}`)
    const what = parked
      ? [paint('yellow', `parked: ${parked.code}`), ...wrap(parked.text).map((line) => paint('dim', line))]
      : storedInBraze(row, braze)
    const [first = '', ...more] = what
    const who = row.external_id ?? row.braze_id ?? '(nobody)'
    return [
      `  ${number}  ${who.padEnd(WHO_WIDTH)}  ${first}`,
      ...more.map((line) => `${' '.repeat(11 + WHO_WIDTH)}${line}`),
    ]
  })
  return ['', `${paint('bold', file)} to ${path}, answered ${answer.status}`, ...lines]
}

/** The rows of a body in any format. They are the top-level array or the array under `records`. */
function rowsOf(body: string): Row[] {
  const decoded = decode(
    { headers: {}, body: Buffer.from(body) },
    { columnOf: builtInColumn, emptyCells: undefined },
  )
  return z
    .union([z.array(Row), z.object({ records: z.array(Row) }).transform(({ records }) => records)])
    .parse('json' in decoded ? decoded.json : [])
}

/**
 * The receiver parks a row and names its index in the answer. The worker parks later, so its records are
 * compared.
 */
function parkReasonOf(
  row: Row,
  index: number,
  { errors }: SampleResponse,
  deadLetters: readonly LocalDeadLetter[],
) {
  const error = errors.find((candidate) => candidate.index === index)
  if (error) return { code: error.code, text: error.message }
  const deadLetter = deadLetters.find(({ records }) => records.some((record) => isRecordOfRow(record, row)))
  if (!deadLetter) return undefined
  const { code = MOVED_BY_SQS, reason = '', hint = '' } = deadLetter.failure ?? {}
  return { code, text: `${reason} ${hint}` }
}

const isRecordOfRow = (record: LocalDeadLetter['records'][number], row: Row) =>
  record.external_id === row.external_id &&
  record.braze_id === row.braze_id &&
  (record.type === 'event' ? record.name : undefined) === row.event_name

function storedInBraze(row: Row, braze: BrazeLookUp): string[] {
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

/**
 * Breaks a text at spaces into lines of at most `REASON_WIDTH` characters. A longer word gets its own line.
 */
function wrap(text: string): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + 1 + word.length > REASON_WIDTH) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
