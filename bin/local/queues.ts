import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { buildApp } from 'fauxqs'
import {
  CAPTURES_RETENTION_DAYS,
  MAX_RECEIVE_COUNT,
  RETENTION_DAYS,
  WORKER_TIMEOUT_SECONDS,
} from '../../functions/shared/limits.ts'
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js'
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js'
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js'
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../cli/owner-only.ts'
import { type AwsCredentials, isAwsClient, UNKNOWN_CLIENT } from './aws-credentials.ts'

/** Every client uses this region, because the emulator keeps the queues of each region apart. */
export const LOCAL_REGION = 'us-east-1'

/**
 * How long an unsettled message stays hidden, in seconds. In AWS it is six times the function's timeout.
 * Here it only has to exceed that timeout once, because messages wait for it only after a handler throws.
 */
const VISIBILITY_SECONDS = WORKER_TIMEOUT_SECONDS + 15

const RETENTION_SECONDS = RETENTION_DAYS * 24 * 60 * 60
const CAPTURES_RETENTION_SECONDS = CAPTURES_RETENTION_DAYS * 24 * 60 * 60

const ACCOUNT = '000000000000'

export type LocalQueue = { name: string; url: string; arn: string }
export type LocalQueues = {
  endpoint: string
  profiles: LocalQueue
  events: LocalQueue
  profilesDlq: LocalQueue
  eventsDlq: LocalQueue
  captures: LocalQueue
  /** Lists all messages of a queue, in flight, delayed or neither, without receiving them. Each group is in order. */
  list: (queue: LocalQueue) => ListedMessage[]
  /** Counts the messages of a queue by message group. */
  groups: (queue: LocalQueue) => QueuedGroup[]
  stop: () => Promise<void>
}

export type ListedMessage = {
  messageId: string
  body: string
  group: string
  dedupId: string
  /** Milliseconds since the epoch. */
  sentAt: number
}

export type QueuedGroup = {
  group: string
  waiting: number
  inFlight: number
  /** When the oldest message was sent, in milliseconds since the epoch. */
  oldestSentAt: number
}

const ATTRIBUTES = {
  FifoQueue: 'true',
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'messageGroup',
  FifoThroughputLimit: 'perMessageGroupId',
  MessageRetentionPeriod: String(RETENTION_SECONDS),
  VisibilityTimeout: String(VISIBILITY_SECONDS),
}

const arnOf = (name: string) => `arn:aws:sqs:${LOCAL_REGION}:${ACCOUNT}:${name}`

const redriveTo = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount: MAX_RECEIVE_COUNT }),
})

const QUEUES: Record<string, Record<string, string>> = {
  'profiles-dlq.fifo': ATTRIBUTES,
  'events-dlq.fifo': ATTRIBUTES,
  'profiles.fifo': { ...ATTRIBUTES, ...redriveTo('profiles-dlq.fifo') },
  'events.fifo': { ...ATTRIBUTES, ...redriveTo('events-dlq.fifo') },
  captures: { MessageRetentionPeriod: String(CAPTURES_RETENTION_SECONDS) },
}

/**
 * Starts an SQS emulator on a loopback port. It speaks the real wire protocol and has the stack's five
 * queues, which are stored in `dir`. Messages that were in flight when the last process ended are visible
 * again. `profiles.fifo` delays its messages for `profilesDelaySeconds`. It answers only clients with these
 * credentials.
 */
export async function startQueues({
  dir,
  credentials,
  profilesDelaySeconds = 0,
}: {
  dir: string
  credentials: AwsCredentials
  profilesDelaySeconds?: number
}): Promise<LocalQueues> {
  const { stores, ensureQueue, endReceives, close } = openQueueStore(dir)
  const app = buildApp({ logger: false, defaultRegion: LOCAL_REGION, stores })
  // The emulator also serves SNS, S3 and a list of all messages. The hook runs before every route and before a
  // body is read.
  app.addHook('onRequest', (request, reply, done) => {
    if (isAwsClient(request.raw, credentials)) done()
    else reply.code(UNKNOWN_CLIENT.status).send(UNKNOWN_CLIENT.body)
  })
  app.server.on('connection', (socket) => {
    // The emulator does not notice a closed connection. The next message would be received by a client that
    // is gone.
    socket.once('close', () => setImmediate(endReceives))
  })
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' })
  /** Built here, because the URL that the emulator returns has a host name that does not resolve. */
  const named = (name: string) => ({ name, url: `${endpoint}/${ACCOUNT}/${name}`, arn: arnOf(name) })
  for (const [name, attributes] of Object.entries(QUEUES)) ensureQueue(named(name), attributes)
  ensureQueue(named('profiles.fifo'), { DelaySeconds: String(profilesDelaySeconds) })
  const messagesIn = (name: string): Messages => {
    const { ready = [], delayed = [], inflight = [] } = stores.sqsStore.inspectQueue(name)?.messages ?? {}
    return { ready: [...ready, ...delayed], inFlight: inflight.map(({ message }) => message) }
  }
  return {
    endpoint,
    profiles: named('profiles.fifo'),
    events: named('events.fifo'),
    profilesDlq: named('profiles-dlq.fifo'),
    eventsDlq: named('events-dlq.fifo'),
    captures: named('captures'),
    list: ({ name }) => {
      const { ready, inFlight } = messagesIn(name)
      return [...inFlight, ...ready].map(toListedMessage)
    },
    groups: ({ name }) => groupsOf(messagesIn(name)),
    stop: async () => {
      await app.close()
      close()
    },
  }
}

type QueuedMessage = {
  messageId: string
  body: string
  messageGroupId?: string
  messageDeduplicationId?: string
  sentTimestamp: number
}
type Messages = { ready: readonly QueuedMessage[]; inFlight: readonly QueuedMessage[] }

const toListedMessage = ({ messageId, body, sentTimestamp, ...fifo }: QueuedMessage): ListedMessage => ({
  messageId,
  body,
  group: fifo.messageGroupId ?? '',
  dedupId: fifo.messageDeduplicationId ?? messageId,
  sentAt: sentTimestamp,
})

function groupsOf({ ready, inFlight }: Messages): QueuedGroup[] {
  const groups = new Map<string, QueuedGroup>()
  const groupOf = ({ messageGroupId = '', sentTimestamp }: QueuedMessage) => {
    const known = groups.get(messageGroupId)
    const group = known ?? { group: messageGroupId, waiting: 0, inFlight: 0, oldestSentAt: sentTimestamp }
    group.oldestSentAt = Math.min(group.oldestSentAt, sentTimestamp)
    groups.set(messageGroupId, group)
    return group
  }
  for (const message of ready) groupOf(message).waiting += 1
  for (const message of inFlight) groupOf(message).inFlight += 1
  return [...groups.values()]
}

// The package's entry point offers its stores and its persistence only with a server on all interfaces, which
// would open these queues to other machines. These four modules are therefore imported by path. The version
// is pinned.

/** The emulator chooses this file name. */
const DATABASE = 'fauxqs.db'

type QueueStore = {
  stores: { sqsStore: SqsStore; snsStore: SnsStore; s3Store: S3Store }
  /** Creates the queue, or sets the attributes of an existing one and keeps its messages. */
  ensureQueue: (queue: { name: string; url: string; arn: string }, attributes: Record<string, string>) => void
  /** Ends all waiting receives without a message. */
  endReceives: () => void
  close: () => void
}

/**
 * The emulator stores a message that is made visible at once without its receive count. The database rejects
 * that, and the message would be lost. Nothing has to be stored instead: whether a message was in flight does
 * not matter after a restart, when `makeVisible` releases all of them.
 */
class StoredQueues extends PersistenceManager {
  override updateMessageReady(): void {}
}

/**
 * Opens the emulator's state on disk. Messages that were in flight when the last process ended are visible
 * again.
 */
function openQueueStore(dir: string): QueueStore {
  mkdirSync(dir, { recursive: true, mode: OWNER_ONLY_FOLDER })
  const file = join(dir, DATABASE)
  makeVisible(file)
  // SQLite would create the file with the default mode. The files that it adds get the mode of this one.
  closeSync(openSync(file, 'a', OWNER_ONLY_FILE))
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = new StoredQueues(dir)
  // Load before the store writes through, because writing a queue while loading it would delete its messages.
  persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store)
  stores.sqsStore.persistence = persistence
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence
  return {
    stores,
    ensureQueue: ({ name, url, arn }, attributes) => {
      const existing = stores.sqsStore.getQueueByName(name)
      if (existing) existing.setAttributes(attributes)
      else stores.sqsStore.createQueue(name, url, arn, attributes)
    },
    endReceives: () => {
      // The emulator makes this call when a message arrives. The waiting receives then check the queue and
      // find none.
      for (const queue of stores.sqsStore.allQueues()) {
        // biome-ignore lint/complexity/useLiteralKeys: the emulator declares it private.
        queue['notifyWaiters']()
      }
    },
    close: () => persistence.close(),
  }
}

/**
 * The emulator keeps visibility deadlines across a restart, but the worker that could settle the messages is
 * gone.
 */
function makeVisible(file: string): void {
  if (!existsSync(file)) return
  const db = new DatabaseSync(file)
  try {
    // A process can be killed before it has created its tables.
    if (!db.prepare("SELECT name FROM sqlite_master WHERE name = 'sqs_messages'").get()) return
    db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL')
  } finally {
    db.close()
  }
}
