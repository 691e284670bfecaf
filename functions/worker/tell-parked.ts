import { identifierOf } from '../shared/identifier.ts'
import type { Fields } from '../shared/log.ts'
import { NONE, shownId } from '../shared/progress.ts'
import type { ParkedRecord } from './parked.ts'
import type { Run } from './run.ts'

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
