import * as z from 'zod'
import { parseJson } from '../../functions/shared/json.ts'
import { WORKED } from '../../functions/shared/log.ts'
import { printable, printableText } from '../cli/lines.ts'
import type { Paint } from '../cli/paint.ts'
import { plural } from '../cli/plural.ts'
import { DEAD_LETTERS_PATH } from './dead-letters.ts'
import type { AccessLogEntry } from './gateway.ts'
import { BrazeAnswered, type LogEntry } from './log-entries.ts'

/** Column widths in characters, each as long as the longest usual text. Longer texts are cut. */
const WHAT_WIDTH = 24

/** The longest results are the words "network" and "timeout". */
const RESULT_WIDTH = 7
const DETAIL_WIDTH = 32

const WorkerParked = z.object({ message: z.literal(WORKED), parked: z.int().positive() })

/** Fields that every entry has. They say nothing new in a live line. */
const COMMON_KEYS = new Set(['level', 'message', 'service', 'timestamp', 'cold_start', 'function_request_id'])

const clock = (at: Date) => at.toTimeString().slice(0, 8)

/** The methods that test a connection. The receiver's answer to them has no row counts. */
const CONNECTION_TESTS = new Set(['GET', 'HEAD'])

/** Formats one line for a sender's request. */
export function requestLine(
  { method, path, status, body, ms }: AccessLogEntry,
  at: Date,
  paint: Paint,
): string {
  const summary =
    status === 200 && CONNECTION_TESTS.has(method) && path !== DEAD_LETTERS_PATH
      ? 'connection test'
      : summaryOf(body)
  return row(at, paint, '→', `${method} ${path}`, status, summary, ms)
}

/**
 * Formats one line for an entry of a function's log.
 * @returns undefined for all entries except requests to Braze, parked records, warnings and errors.
 */
export function logLine(entry: LogEntry, at: Date, paint: Paint): string | undefined {
  const braze = BrazeAnswered.safeParse(entry)
  if (braze.success) {
    const { status, attributes, events, purchases, ms } = braze.data
    const counts = [
      attributes > 0 && plural(attributes, 'profile'),
      events > 0 && plural(events, 'event'),
      purchases > 0 && plural(purchases, 'purchase'),
    ]
    return row(at, paint, '⇒', 'Braze /users/track', status, counts.filter(Boolean).join(', '), ms)
  }
  const { data: worked } = WorkerParked.safeParse(entry)
  if (worked)
    return errorLine(
      `worker parked ${plural(worked.parked, 'record')}: GET ${DEAD_LETTERS_PATH} says why`,
      at,
      paint,
      'WARN',
    )
  if (entry.level !== 'WARN' && entry.level !== 'ERROR' && entry.level !== 'CRITICAL') return undefined
  const fields = Object.entries(entry)
    .filter(([key, value]) => !COMMON_KEYS.has(key) && typeof value !== 'object')
    .map(([key, value]) => `${key}=${value}`)
  const text = printable([`${entry.service}: ${entry.message}`, ...fields].join('  '))
  return errorLine(text, at, paint, entry.level)
}

export function errorLine(what: string, at: Date, paint: Paint, level = 'ERROR'): string {
  return `${paint('dim', clock(at))}  ${paint(level === 'WARN' ? 'yellow' : 'red', '!')}  ${printableText(what)}`
}

function row(
  at: Date,
  paint: Paint,
  arrow: string,
  what: string,
  status: number | string,
  detail: string,
  ms: number,
): string {
  return [
    paint('dim', clock(at)),
    paint('cyan', arrow),
    fitted(what, WHAT_WIDTH),
    paint(colourOf(status), fitted(String(status), RESULT_WIDTH)),
    fitted(detail, DETAIL_WIDTH),
    paint('dim', `${ms} ms`),
  ].join('  ')
}

/** @returns a printable text of exactly this width, cut or padded. */
const fitted = (text: string, width: number) =>
  printable(text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width)

function colourOf(status: number | string) {
  if (typeof status === 'string' || status >= 500) return 'red'
  return status >= 400 ? 'yellow' : 'green'
}

/**
 * The answer to a sender: the receiver's counts, the title of a problem (RFC 9457), or API Gateway's own
 * message.
 */
const Summary = z.object({
  accepted: z.number().optional(),
  rejected: z.number().default(0),
  title: z.string().optional(),
  message: z.string().optional(),
})

function summaryOf(body: string): string {
  const json = parseJson(body)
  // Only the dead-letters page answers with an array.
  if (Array.isArray(json)) return plural(json.length, 'dead letter')
  const parsed = Summary.safeParse(json)
  if (!parsed.success) return ''
  const { accepted, rejected, title, message } = parsed.data
  // If no row can be used, the answer has both counts and a title. The counts say more.
  if (accepted === undefined) return title ?? message ?? ''
  return [`${accepted} accepted`, rejected > 0 && `${rejected} parked`].filter(Boolean).join(', ')
}
