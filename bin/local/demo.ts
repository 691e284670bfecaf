import * as z from 'zod'
import { TOKEN_HEADER } from '../../functions/shared/authentication.ts'
import type { Connections } from '../../functions/shared/connection.ts'
import { isValue } from '../../functions/worker/map/mapped.ts'
import { printable } from '../cli/lines.ts'
import type { Paint } from '../cli/paint.ts'
import { MOVED_BY_SQS } from '../ops/redrive/dead-letter.ts'
import { webhookPath } from '../ops/sent-file/request-options.ts'
import type { Profile, StoredEvent } from './braze/change.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import type { LocalDeadLetter } from './dead-letters.ts'
import { readSampleRows, type SampleRow } from './sample-rows.ts'
import { readSamples, type SampleRequest } from './samples.ts'
import type { Local } from './start.ts'

const ReceiverAnswer = z.object({
  requestId: z.string(),
  errors: z.array(z.object({ index: z.number(), code: z.string(), message: z.string() })).default([]),
})

/**
 * Sends the sample input as a sender would, waits until all of it is delivered or parked, and prints the
 * result of each row.
 * @param connections include the connection of the samples, with which the rows are read again for the report.
 * @param token of that connection.
 */
export async function demo(
  local: Local,
  connections: Connections,
  token: string,
  print: (line: string) => void,
  paint: Paint,
): Promise<void> {
  const { simulator } = local
  if (!simulator) return
  print(paint('bold', 'Sending the sample input'))
  print('')
  const sent: SentSample[] = []
  for (const sample of readSamples()) {
    const answer = await post(local.url + pathOf(sample), token, sample.body)
    sent.push({ ...sample, answer, rows: readSampleRows(sample, connections) })
  }
  const late = await local.queues.waitUntilQuiet().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  for (const sample of sent)
    for (const line of reportSample(sample, simulator, local.queues.deadLetters(), paint)) print(line)
  const rows = sent.flatMap((sample) => sample.rows)
  for (const line of reportProfiles(rows, simulator, paint)) print(line)
  if (late !== undefined) print(paint('yellow', `Not everything is delivered yet, ${late}.`))
}

const pathOf = ({ connection, endpoint }: Pick<SampleRequest, 'connection' | 'endpoint'>) =>
  webhookPath(connection, endpoint)

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

export type SentSample = Omit<SampleRequest, 'body'> & {
  answer: SampleResponse
  rows: readonly SampleRow[]
}

const WHY_AGAIN =
  'unlike AWS, the local queues recognise no repetition from before a stop, so each demo sends the event again, and Braze keeps both'

type BrazeLookUp = Pick<BrazeSimulator, 'profile' | 'events'>

/** The width of the identifier column, in characters. A braze_id has 24. */
const WHO_WIDTH = 24

/** The longest line of a reason or of a profile, in characters. */
const TEXT_WIDTH = 72

/** Formats one request row by row: what the row wrote to Braze, or why it was parked. */
export function reportSample(
  { answer, rows, ...sample }: SentSample,
  braze: BrazeLookUp,
  deadLetters: readonly LocalDeadLetter[],
  paint: Paint,
): string[] {
  const own = deadLetters.filter(({ requestId }) => requestId === answer.requestId)
  const lines = rows.flatMap((row) => {
    const parked = parkReasonOf(row, answer, own)
    const what = parked
      ? [paint('yellow', `parked: ${parked.code}`), ...wrap(parked.text).map((line) => paint('dim', line))]
      : writtenBy(row, braze).map(printable)
    return besides(`${paint('dim', `row ${row.index}`)}  `, 'row 0  '.length, row.person ?? '(nobody)', what)
  })
  return ['', `${paint('bold', sample.file)} to ${pathOf(sample)}, answered ${answer.status}`, ...lines]
}

/** Formats what Braze holds for the people in the rows: each profile once, sorted by person. */
export function reportProfiles(rows: readonly SampleRow[], braze: BrazeLookUp, paint: Paint): string[] {
  const profiles = rows.flatMap(({ record }) => profileOf(record, braze) ?? [])
  const unique = new Map(profiles.map((profile) => [profile.external_id ?? profile.braze_id, profile]))
  const lines = [...unique]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([person, profile]) => {
      const attributes = Object.entries(attributesOf(profile)).map(([name, value]) => assignment(name, value))
      const lines = attributes.length > 0 ? joined(attributes, ', ') : ['no attributes']
      return besides('', 0, person, lines.map(printable))
    })
  return ['', paint('bold', 'In Braze now'), ...lines]
}

/**
 * Puts a person, and what precedes the name, beside the first line of a text, and indents the other lines.
 * @param width the width of `before` in a terminal, in characters.
 */
function besides(before: string, width: number, person: string, [first = '', ...more]: string[]): string[] {
  const indent = ' '.repeat(2 + width + WHO_WIDTH + 2)
  return [`  ${before}${printable(person).padEnd(WHO_WIDTH)}  ${first}`, ...more.map((line) => indent + line)]
}

/**
 * The receiver parks a row and names its index in the answer. The worker parks later, so its records are
 * compared.
 */
function parkReasonOf(
  { index, record }: SampleRow,
  { errors }: SampleResponse,
  deadLetters: readonly LocalDeadLetter[],
) {
  const error = errors.find((candidate) => candidate.index === index)
  if (error) return { code: error.code, text: error.message }
  const written = JSON.stringify(record)
  const deadLetter = deadLetters.find(({ records }) => records.some((one) => JSON.stringify(one) === written))
  if (!deadLetter) return undefined
  const { code = MOVED_BY_SQS, reason = '', hint = '' } = deadLetter.failure ?? {}
  return { code, text: `${reason} ${hint}` }
}

function profileOf(record: SampleRow['record'], braze: BrazeLookUp): Profile | undefined {
  if (record?.external_id !== undefined) return braze.profile({ external_id: record.external_id })
  return record?.braze_id === undefined ? undefined : braze.profile({ braze_id: record.braze_id })
}

const attributesOf = ({ standard, custom_attributes }: Profile) => ({ ...standard, ...custom_attributes })

/** What a row wrote, without anything that another row wrote. */
function writtenBy({ record, sent }: SampleRow, braze: BrazeLookUp): string[] {
  const profile = profileOf(record, braze)
  if (!profile || !sent) return ['not in Braze yet']
  const { array, object } = sent
  if (array !== 'attributes') return eventLines(object, profile, braze.events())
  const held = attributesOf(profile)
  return Object.entries(object)
    .filter(([name]) => isValue(name))
    .map(([name, value]) => attributeLine(name, value, held[name]))
}

/** @param now the value in Braze, which a later row may have overwritten; undefined if there is none. */
function attributeLine(name: string, wrote: unknown, now: unknown): string {
  const line = wrote === null ? `${name} removed` : assignment(name, wrote)
  if (JSON.stringify(wrote ?? undefined) === JSON.stringify(now)) return line
  return `${line} (${now === undefined ? 'not in Braze' : `now ${JSON.stringify(now)}`})`
}

const assignment = (name: string, value: unknown) => `${name} = ${JSON.stringify(value)}`

/** Events with the same name and properties are the same event: the samples contain no two such events. */
function eventLines(
  { name, properties = {} }: { name?: unknown; properties?: unknown },
  { braze_id }: Profile,
  events: readonly StoredEvent[],
): string[] {
  const same = events.filter(
    (event) =>
      event.braze_id === braze_id &&
      event.name === name &&
      JSON.stringify(event.properties) === JSON.stringify(properties),
  )
  const last = same.at(-1)
  if (!last) return [`${name}: not in Braze yet`]
  const lines = Object.entries(last.properties).map(([key, value]) => assignment(key, value))
  const again = same.length > 1 ? wrap(`in Braze ${same.length} times by now: ${WHY_AGAIN}`) : []
  return [`event ${name} at ${last.time}`, ...lines, ...again]
}

/** Breaks a text at spaces into lines of at most `TEXT_WIDTH` characters. A longer word gets its own line. */
const wrap = (text: string) => joined(text.split(' '), ' ')

/** Joins parts into lines of at most `TEXT_WIDTH` characters. A longer part gets its own line. */
function joined(parts: readonly string[], separator: string): string[] {
  const lines: string[] = []
  for (const part of parts) {
    const last = lines.at(-1)
    const longer = last === undefined ? undefined : last + separator + part
    if (longer !== undefined && longer.length <= TEXT_WIDTH) lines[lines.length - 1] = longer
    else lines.push(part)
  }
  return lines.map((line, index) => (index < lines.length - 1 ? (line + separator).trimEnd() : line))
}
