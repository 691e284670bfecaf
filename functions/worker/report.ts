import { displayConnection, displayId, NO_ID } from '../shared/display-id.ts'
import type { FinishedMessage } from '../shared/finished-line.ts'
import { type LogFields, WORKED } from '../shared/log.ts'
import { openProgress, progressLines } from '../shared/progress.ts'
import { identifierOf } from '../shared/record.ts'
import type { Halt, Invocation, ReceivedMessage } from './invocation.ts'
import type { RecordOutcome } from './ledger.ts'
import type { ParsedMessage } from './map/map.ts'
import type { Outcome } from './outcome.ts'
import type { BrazeSession } from './send/ask.ts'

/** A record that was parked, or a message that was parked without its records being known. */
export type ParkedRecord =
  | { code: string; message: ReceivedMessage }
  | { code: string; message: ParsedMessage; index: number }

/**
 * Collects what happens to the messages while they are settled, for the log and the metrics at the end of an
 * invocation.
 */
export type Report = {
  noteParked: (parked: ParkedRecord) => void
  /** Notes a message that was parked whole, without being read. */
  noteGivenUp: (message: ReceivedMessage, code: string) => void
  /**
   * Notes a message whose records are all delivered or parked.
   * @param deliveredAt when Braze accepted the last of them, in milliseconds since the epoch; absent if an
   * earlier invocation delivered it.
   */
  noteFinished: (
    message: ParsedMessage,
    outcomes: ReadonlyMap<number, RecordOutcome> | undefined,
    deliveredAt: number | undefined,
  ) => void
  /** Writes the log lines and counts the metrics. */
  write: (session: BrazeSession, outcome: Outcome) => Promise<void>
}

/**
 * One bad column parks thousands of records for the same reason. Only the first are logged; the dead letters
 * show all.
 */
const MAX_LOGGED_PARKED = 20

export function openReport(invocation: Invocation): Report {
  const { deps } = invocation
  const startedAt = deps.now()
  const progress = openProgress()
  const finished: FinishedMessage[] = []
  const firstParked: ParkedRecord[] = []
  const parkedByCode = new Map<string, number>()
  const parkedByMessage = new Map<string, Map<string, number>>()

  const noteParked: Report['noteParked'] = (parked) => {
    const { code, message } = parked
    const ofMessage = parkedByMessage.get(message.messageId) ?? new Map<string, number>()
    parkedByMessage.set(message.messageId, ofMessage)
    for (const counts of [parkedByCode, ofMessage]) counts.set(code, (counts.get(code) ?? 0) + 1)
    if (firstParked.length < MAX_LOGGED_PARKED) firstParked.push(parked)
  }

  const noteGivenUp: Report['noteGivenUp'] = (message, code) => {
    progress.of(NO_ID, message.queue).add({}, 'parked')
    noteParked({ code, message })
  }

  const noteFinished: Report['noteFinished'] = ({ messageId, message, queue }, outcomes, deliveredAt) => {
    const part = progress.of(message.connection, queue)
    let parked = 0
    message.records.forEach((record, index) => {
      const isParked = outcomes?.get(index) === 'parked'
      part.add(record, isParked ? 'parked' : 'done')
      if (isParked) parked += 1
    })
    const delivered = message.records.length - parked
    const codes = Object.fromEntries(parkedByMessage.get(messageId) ?? [])
    finished.push({
      requestId: message.requestId,
      messageId,
      delivered,
      parked,
      ...(Object.keys(codes).length > 0 && { codes }),
    })
    // If an earlier invocation delivered the last record, that time is lost. It was not long ago, so the
    // current time is used.
    const ms = (deliveredAt ?? deps.now()) - Date.parse(message.receivedAt)
    if (delivered > 0 && ms >= 0) deps.measure('AcceptedToDelivered', ms, { kind: queue })
  }

  const write: Report['write'] = async ({ sent }, outcome) => {
    logHalt(invocation, outcome.halt)
    logWork(invocation, { progress, finished, sent, done: outcome.finished.size, startedAt })
    for (const [code, records] of parkedByCode) deps.count('Parked', records, { code })
    await logParked(invocation, firstParked)
  }

  return { noteParked, noteGivenUp, noteFinished, write }
}

/**
 * What an operator can do about each hold. Nothing is parked in the meantime, and everything drains by itself
 * afterwards.
 */
const HOLD_HINTS: { readonly [cause in Extract<Halt, { kind: 'hold' }>['cause']]: string } = {
  BRAZE_SECRET_PLACEHOLDER:
    'The Braze secret still contains the placeholder: put the REST API key and endpoint into it.',
  BRAZE_SECRET_UNREADABLE:
    'Secrets Manager did not answer, or the Braze secret is not {"apiKey", "restEndpoint"} with an https URL under braze.com or braze.eu.',
  BRAZE_KEY_REFUSED:
    'Braze does not accept the key. Check that it is the right key, that it has the permission users.track, and that the endpoint belongs to the same instance.',
  BRAZE_KEY_LACKS_PERMISSION:
    'The Braze key needs the permission users.track, or the Braze account is inactive or closed.',
  BRAZE_ADDRESS_REFUSED:
    "The Braze key has an IP allowlist without the worker's address. Create a key without an allowlist, or give the worker a fixed address.",
  BRAZE_URL_WRONG:
    'The REST endpoint does not answer like Braze: it is https://rest.<instance>.braze.com or .eu.',
  BRAZE_REJECTS_EVERYTHING:
    'Braze answers 400 to every request, even to one that is certainly valid. Nothing is lost. Look at status.braze.com, and ask Braze support.',
}

/** Logs why everything unsent goes back, if a person has to act, or if Braze limits the rate or fails. */
function logHalt({ deps }: Invocation, halt: Halt | undefined): void {
  if (halt?.kind === 'hold') {
    deps.log.error('holding every message', { code: halt.cause, hint: HOLD_HINTS[halt.cause] })
    deps.count('BrazeHolding', 1)
  }
  if (halt?.kind === 'wait')
    deps.log.warn('braze told to wait', { code: 'RATE_LIMITED', ms: Math.round(halt.waitMs ?? 0) })
  if (halt?.kind === 'outage') deps.log.warn('braze fails on everything', { code: 'BRAZE_OUTAGE' })
}

/** Logs a message of an unknown version immediately, because it is held whatever happens to the others. */
export function logUnknownVersion({ deps }: Invocation): void {
  deps.log.error('a message of a version that this worker does not know stays in its queue', {
    code: 'MESSAGE_VERSION_UNKNOWN',
    hint: 'A newer deployment wrote it: deploy that version again, and it is delivered.',
  })
  deps.count('BrazeHolding', 1)
}

type Work = {
  progress: ReturnType<typeof openProgress>
  finished: readonly FinishedMessage[]
  sent: BrazeSession['sent']
  /** How many messages are done. */
  done: number
  startedAt: number
}

/**
 * Writes one line for the invocation, with the messages that are done, and one for each run and audience that
 * made progress.
 */
function logWork({ deps, kind, received }: Invocation, work: Work): void {
  const { progress, finished, sent, done, startedAt } = work
  let [delivered, parked] = [0, 0]
  for (const { connection, kind, total } of progress.parts) {
    delivered += total.done
    parked += total.parked
    deps.count('RecordsDelivered', total.done, { connection, kind })
    deps.count('RecordsParked', total.parked, { connection, kind })
  }
  const [messages, returned] = [received.size, received.size - done]
  const counts = { messages, delivered, parked, returned, ...sent, ms: deps.now() - startedAt }
  deps.log.info(WORKED, { kind, ...counts, ...(finished.length > 0 && { finished }) })
  for (const { message, fields } of progressLines(progress, 'delivered')) deps.log.info(message, fields)
  deps.count('MessagesReturned', returned)
  deps.count('BrazeRequests', sent.requests, { kind })
  deps.count('BrazeObjects', sent.objects, { kind })
}

/**
 * Logs one line for each of the first records that were parked, so that support can find those of one person.
 * After the deadline, the key for this is not read, because the time is needed for the answer to SQS.
 */
async function logParked({ deps, deadline }: Invocation, first: readonly ParkedRecord[]): Promise<void> {
  if (first.length === 0) return
  const nameOf = deps.now() < deadline ? await deps.namePeople() : undefined
  for (const record of first) deps.log.info('parked', fieldsOf(record, nameOf))
}

type NameOf = Awaited<ReturnType<Invocation['deps']['namePeople']>>

function fieldsOf(parked: ParkedRecord, nameOf: NameOf): LogFields {
  const { code, message } = parked
  const { messageId, queue: kind } = message
  if (!('index' in parked)) return { code, connection: NO_ID, kind, run: NO_ID, messageId }
  const { index } = parked
  const { connection, requestId, records } = parked.message.message
  const record = records[index]
  const person = record && identifierOf(record)
  return {
    code,
    connection: displayConnection(connection),
    kind,
    run: displayId(record?.run_id),
    ...(nameOf && person && { person: nameOf(person) }),
    requestId,
    messageId,
    index,
  }
}
