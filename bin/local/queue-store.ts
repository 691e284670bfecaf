import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
// The package's entry offers its stores and its persistence only together with a server on all interfaces, and
// nobody else's machine has any business with these queues. Hence these four by their paths; the version is pinned.
import { PersistenceManager } from '../../node_modules/fauxqs/dist/persistence.js'
import { S3Store } from '../../node_modules/fauxqs/dist/s3/s3Store.js'
import { SnsStore } from '../../node_modules/fauxqs/dist/sns/snsStore.js'
import { SqsStore } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js'

/** The file name is the emulator's own. */
const DATABASE = 'fauxqs.db'

export type QueueStore = {
  stores: { sqsStore: SqsStore; snsStore: SnsStore; s3Store: S3Store }
  /** Makes the queue, or gives an existing one these attributes; its messages stay. */
  ensureQueue: (queue: { name: string; url: string; arn: string }, attributes: Record<string, string>) => void
  /** Ends the receives that wait for a message, empty. */
  endReceives: () => void
  close: () => void
}

/** Opens the emulator's state on disk, with every message visible that was in flight when the last process ended. */
export function openQueueStore(dir: string): QueueStore {
  mkdirSync(dir, { recursive: true })
  makeVisible(join(dir, DATABASE))
  const stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() }
  const persistence = new PersistenceManager(dir)
  // Read before the store writes through: writing a queue while loading it would delete its messages.
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
      // What the emulator itself does when a message comes: whoever waited looks, and finds none.
      for (const queue of stores.sqsStore.allQueues()) {
        // biome-ignore lint/complexity/useLiteralKeys: the emulator declares it private.
        queue['notifyWaiters']()
      }
    },
    close: () => persistence.close(),
  }
}

/** The emulator keeps the deadlines of messages in flight over a restart, and nobody is left who could settle them. */
function makeVisible(file: string): void {
  if (!existsSync(file)) return
  const db = new DatabaseSync(file)
  try {
    db.exec('UPDATE sqs_messages SET receipt_handle = NULL, visibility_deadline = NULL')
  } finally {
    db.close()
  }
}
