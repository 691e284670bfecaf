import { type Fields, WORKED } from '../shared/log.ts'
import { NONE, progressLines, shownId } from '../shared/progress.ts'
import { identifierOf } from '../shared/record.ts'
import type { Halt, ParkedRecord, Run } from './run.ts'

/** What an operator can do about each hold; nothing is parked meanwhile, and everything drains by itself afterwards. */
const HOLD_HINTS: { readonly [cause in Extract<Halt, { kind: 'hold' }>['cause']]: string } = {
  BRAZE_SECRET_PLACEHOLDER:
    'The Braze secret still holds the placeholder: put the REST API key and endpoint into it.',
  BRAZE_SECRET_UNREADABLE:
    'Secrets Manager did not answer, or the Braze secret is not {"apiKey", "restEndpoint"} with an https URL under braze.com or braze.eu.',
  BRAZE_KEY_REFUSED:
    'Braze does not know the key: is it the right key, and the endpoint of the same instance?',
  BRAZE_KEY_LACKS_PERMISSION: 'The Braze key needs the permission users.track, or the account is inactive.',
  BRAZE_URL_WRONG:
    'The REST endpoint does not answer like Braze: it is https://rest.<instance>.braze.com or .eu.',
}

/** Says why everything unsent goes back, where a person has to act or Braze is in trouble. */
export function tellHalt({ deps, halt }: Run): void {
  if (halt?.kind === 'hold') {
    deps.log.error('holding every message', { code: halt.cause, hint: HOLD_HINTS[halt.cause] })
    deps.count('BrazeHolding', 1)
  }
  if (halt?.kind === 'wait')
    deps.log.warn('braze told to wait', { code: 'RATE_LIMITED', ms: Math.round(halt.waitMs ?? 0) })
  if (halt?.kind === 'outage') deps.log.warn('braze fails on everything', { code: 'BRAZE_OUTAGE' })
}

export function tellHeld({ deps }: Run): void {
  deps.log.error('a message of a version that this worker does not know stays in its queue', {
    code: 'MESSAGE_VERSION_UNKNOWN',
    hint: 'A newer deployment wrote it: deploy that version again, and it is delivered.',
  })
  deps.count('BrazeHolding', 1)
}

/** One line an invocation, with the messages that are done, one for each run and audience that came further, and the figures as metrics. */
export function tellWork(
  { deps, kind, handed, finished, ended, progress, requests, objects }: Run,
  startedAt: number,
) {
  let [delivered, parked] = [0, 0]
  for (const { connection, kind, total } of progress.parts) {
    delivered += total.done
    parked += total.parked
    deps.count('RecordsDelivered', total.done, { connection, kind })
    deps.count('RecordsParked', total.parked, { connection, kind })
  }
  const [messages, returned, ms] = [handed.size, handed.size - finished.size, deps.now() - startedAt]
  const told = ended.length > 0 ? { finished: ended } : {}
  deps.log.info(WORKED, { kind, messages, delivered, parked, returned, requests, objects, ms, ...told })
  for (const { message, fields } of progressLines(progress, 'delivered')) deps.log.info(message, fields)
  deps.count('MessagesReturned', returned)
  deps.count('BrazeRequests', requests, { kind })
  deps.count('BrazeObjects', objects, { kind })
}

/**
 * One line for each of the first records that were parked, by which support can find a person's; and a count of all, by
 * reason. A key that must be read first is left alone where the time is needed for the answer to SQS.
 */
export async function tellParked({ deps, parked, deadline }: Run): Promise<void> {
  for (const [code, records] of parked.byCode) deps.count('Parked', records, { code })
  if (parked.first.length === 0) return
  const nameOf = deps.now() < deadline ? await deps.namePeople() : undefined
  for (const record of parked.first) deps.log.info('parked', fieldsOf(record, nameOf))
}

type NameOf = Awaited<ReturnType<Run['deps']['namePeople']>>

function fieldsOf(parked: ParkedRecord, nameOf: NameOf): Fields {
  const { code, message } = parked
  const { messageId, queue: kind } = message
  if (!('index' in parked)) return { code, connection: NONE, kind, run: NONE, messageId }
  const { index } = parked
  const { connection, requestId, records } = parked.message.message
  const record = records[index]
  const person = record && identifierOf(record)
  return {
    code,
    connection: shownId(connection),
    kind,
    run: shownId(record?.run_id),
    ...(nameOf && person && { person: nameOf(person) }),
    requestId,
    messageId,
    index,
  }
}
