import { type ReceiverDeps, receive } from '../../../functions/receiver/receive.ts'
import { Capture } from '../../../functions/shared/capture.ts'
import type { BridgeRequest } from '../../../functions/shared/http-request.ts'
import { Message } from '../../../functions/shared/message.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import { RawDeadLetter } from '../../../functions/shared/raw-dead-letter.ts'
import { ids, SETTINGS } from './settings-fixture.ts'

export const TOKEN = 'fixture-token-5f3a90b1'

/** Sends one request to a receiver in memory, and returns the answer and all that follows from it. */
export async function ask(
  sentBody: string | Buffer,
  changes: Partial<BridgeRequest> = {},
  otherDeps: Partial<ReceiverDeps> = {},
) {
  const sent: OutgoingMessage[] = []
  const lines: { level: string; message: string; fields: unknown }[] = []
  const counts: unknown[] = []
  const line = (level: string) => (message: string, fields: unknown) => lines.push({ level, message, fields })
  const deps: ReceiverDeps = {
    readSecret: () => async () => ({ token: TOKEN }),
    sendBatch: async (batch) => {
      sent.push(...batch)
      return []
    },
    now: () => Date.parse('2026-01-05T10:00:00Z'),
    newId: ids(),
    pause: async () => undefined,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    count: (...counted) => void counts.push(counted),
    namePeople: async () => undefined,
    settings: SETTINGS,
    ...otherDeps,
  }
  const request: BridgeRequest = {
    id: 'request-1',
    sourceIp: '192.0.2.1',
    method: 'POST',
    path: '/v1/records',
    headers: { 'x-api-key': TOKEN },
    query: {},
    body: Buffer.from(sentBody),
    ...changes,
  }
  const { status, headers, body } = await receive(request, deps)
  const into = (queue: string) =>
    sent.filter(({ queueUrl }) => queueUrl === queue).map((message) => JSON.parse(message.body))
  const messages = { profiles: into('profiles'), events: into('events') }
  return {
    status,
    headers,
    body,
    json: body === '' ? undefined : JSON.parse(body),
    sent,
    lines,
    counts,
    queues: sent.map(({ queueUrl }) => queueUrl),
    /** The connections of the messages, and their records. */
    from: [...messages.profiles, ...messages.events].map((message) => Message.parse(message).connection),
    profiles: messages.profiles.flatMap((message) => Message.parse(message).records),
    events: messages.events.flatMap((message) => Message.parse(message).records),
    parked: [...into('profiles-dlq'), ...into('events-dlq')].map((deadLetter) =>
      RawDeadLetter.parse(deadLetter),
    ),
    captures: into('captures').map((capture) => Capture.parse(capture)),
  }
}
