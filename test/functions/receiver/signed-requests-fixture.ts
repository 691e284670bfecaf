import { createHmac } from 'node:crypto'
import { createSqsQueue } from '../../../bin/proof/sqs-queue.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../functions/shared/http-request.ts'
import type { SendBatch } from '../../../functions/shared/queue.edge.ts'
import { ask } from './ask.ts'
import { SETTINGS } from './settings-fixture.ts'

/** Base64, so that it can be the key of both kinds of signature. */
export const TOKEN = 'Zml4dHVyZS10b2tlbi1vZi1zaWduZWQtcmVxdWVzdHM='
export const START = Date.parse('2026-01-05T10:00:00Z')

const HMAC = { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }
const WEBHOOKS = { kind: 'standard-webhooks' }
const connections = Connections.parse({
  hmac: { authentication: [HMAC], signedEndpoint: 'records' },
  timeless: { authentication: [{ kind: 'hmac', header: 'x-signature' }], signedEndpoint: 'records' },
  hook: { authentication: [WEBHOOKS], signedEndpoint: 'records' },
  actions: { authentication: [WEBHOOKS], signedEndpoint: 'events' },
  either: { authentication: [{ kind: 'bearer' }, HMAC], signedEndpoint: 'records' },
})
const settings = { ...SETTINGS, connections }

type Signed = Pick<BridgeRequest, 'path' | 'headers' | 'body'>

const secondsAt = (ms: number) => String(Math.floor(ms / 1_000))

export function byHmac(rows: string, signedAt = START, connection = 'hmac'): Signed {
  const time = secondsAt(signedAt)
  return {
    path: `/v1/${connection}/records`,
    headers: {
      'x-time': time,
      'x-signature': createHmac('sha256', TOKEN).update(`${time}.${rows}`).digest('hex'),
    },
    body: Buffer.from(rows),
  }
}

export const timeless = (rows: string): Signed => ({
  path: '/v1/timeless/records',
  headers: { 'x-signature': createHmac('sha256', TOKEN).update(rows).digest('hex') },
  body: Buffer.from(rows),
})

export function byWebhook(rows: string, signedAt = START, id = `msg_${rows.length}`): Signed {
  const time = secondsAt(signedAt)
  const hmac = createHmac('sha256', Buffer.from(TOKEN, 'base64')).update(`${id}.${time}.${rows}`)
  return {
    path: '/v1/hook/records',
    headers: {
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': `v1,${hmac.digest('base64')}`,
    },
    body: Buffer.from(rows),
  }
}

/** A receiver in front of queues that recognise repetitions as SQS does. `clock` holds the time. */
export function openReceiver() {
  const clock = { now: START }
  const queues = new Map(
    ['profiles', 'events', 'profiles-dlq', 'events-dlq'].map((url) => [
      url,
      createSqsQueue({ now: () => clock.now }),
    ]),
  )
  let accepts = (_queueUrl: string) => true
  const sendBatch: SendBatch = async (batch) =>
    batch.filter((message) => {
      if (!accepts(message.queueUrl)) return true
      const [result] = queues.get(message.queueUrl)?.send([message]) ?? []
      return !result?.taken
    })
  let made = 0
  return {
    clock,
    /** Decides which messages SQS accepts from now on. */
    acceptOnly: (decide: (queueUrl: string) => boolean) => {
      accepts = decide
    },
    send: async (request: Signed, changes: Partial<BridgeRequest> = {}) =>
      ask(
        '',
        { ...request, ...changes },
        {
          readSecret: () => async () => ({ token: TOKEN }),
          sendBatch,
          now: () => clock.now,
          newId: () => `new-id-${++made}`,
          settings,
        },
      ),
    /** The records in a queue, in the order in which they were stored. */
    stored: (url: string): object[] =>
      (queues.get(url)?.list() ?? []).flatMap(({ body }) => {
        const { records, rows } = JSON.parse(body)
        return records ?? rows
      }),
  }
}

const membership = (member: boolean) => ({
  type: 'profile',
  external_id: 'u-1',
  memberships: [{ audience_id: '7', split_id: '0', member }],
})
export const ENTER = '[{"external_id":"u-1","audience_id":"7"}]'
export const LEAVE = '[{"external_id":"u-1","audience_id":"7","op":"leave"}]'
export const JOINED = membership(true)
export const LEFT = membership(false)

export const SIGNATURES = [
  ['hmac', byHmac],
  ['standard-webhooks', byWebhook],
] as const
