import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import * as z from 'zod'

/** The emulator's database file and table (`bin/local/queues.ts`). */
const DATABASE = 'fauxqs.db'
const TABLE = 'sqs_messages'

/** How long a query waits while a starting process has locked the file. */
const BUSY_MS = 5_000

const Message = z.object({ queue: z.string(), body: z.string(), received: z.number().transform(Boolean) })

const SELECT_MESSAGES = `SELECT queue_name AS queue, body, receipt_handle IS NOT NULL AS received FROM ${TABLE}`

const Count = z.object({ queue: z.string(), messages: z.number() })

/**
 * A message on disk. `received` means that a consumer has it and has neither deleted it nor made it visible
 * again.
 */
export type DiskMessage = z.output<typeof Message>

/** @returns the number of messages in these queues. It works while the process runs, too. */
export function countOnDisk(stateDir: string, queues: readonly string[]): number {
  const counted = queueFolders(stateDir).flatMap((folder) =>
    read(folder, `SELECT queue_name AS queue, count(*) AS messages FROM ${TABLE} GROUP BY queue_name`, {
      schema: Count,
      readOnly: true,
    }),
  )
  return counted
    .filter(({ queue }) => queues.includes(queue))
    .reduce((sum, { messages }) => sum + messages, 0)
}

/**
 * Reads the messages that a killed process left behind. It reads a copy, because opening the file itself
 * would already repair what the next start must repair.
 */
export function messagesLeft(stateDir: string): DiskMessage[] {
  const copy = mkdtempSync(join(tmpdir(), 'bridge-crash-copy-'))
  try {
    return queueFolders(stateDir).flatMap((folder, n) => {
      cpSync(folder, join(copy, String(n)), { recursive: true })
      return read(join(copy, String(n)), SELECT_MESSAGES, { schema: Message, readOnly: false })
    })
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** The state folder has one folder of queues for each Braze. */
function queueFolders(stateDir: string): string[] {
  if (!existsSync(stateDir)) return []
  return readdirSync(stateDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(stateDir, name))
}

function read<T>(
  folder: string,
  sql: string,
  { schema, readOnly }: { schema: z.ZodType<T>; readOnly: boolean },
): T[] {
  const file = join(folder, DATABASE)
  if (!existsSync(file)) return []
  const db = new DatabaseSync(file, { readOnly, timeout: BUSY_MS })
  try {
    // A process can be killed before it has created its table.
    if (!db.prepare('SELECT name FROM sqlite_master WHERE name = ?').get(TABLE)) return []
    return z.array(schema).parse(db.prepare(sql).all())
  } finally {
    db.close()
  }
}
