import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
// The package's entry point offers its stores and its persistence only with a server on all interfaces, which
// would open these queues to other machines. These four modules are therefore imported by path. The version
// is pinned.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js'
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js'
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js'
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/** The emulator chooses this file name. */
const DATABASE = 'fauxqs.db'

export type QueueStore = {
  stores: { sqsStore: SqsStore; snsStore: SnsStore; s3Store: S3Store }
  /** Creates the queue, or sets the attributes of an existing one and keeps its messages. */
  ensureQueue: (queue: { name: string; url: string; arn: string }, attributes: Record<string, string>) => void
  /** Ends all waiting receives without a message. */
  endReceives: () => void
  close: () => void
}

/**
 * Opens the emulator's state on disk. Messages that were in flight when the last process ended are visible
 * again.
 */
export function openQueueStore(dir: string): QueueStore {
  mkdirSync(dir, { recursive: true })
  makeVisible(join(dir, DATABASE))
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = new PersistenceManager(dir)
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
    db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL')
  } finally {
    db.close()
  }
}
