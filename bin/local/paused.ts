import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { QueueName } from '../../functions/shared/record.ts'
import { QUEUE_NAMES } from '../ops/queue-names.ts'

/**
 * The queues whose event sources are off. AWS keeps that setting across deployments, so the state folder
 * keeps it across starts.
 */
export type PausedQueues = {
  has: (queue: QueueName) => boolean
  set: (queue: QueueName, paused: boolean) => void
}

const PausedFile = z.array(z.enum(QUEUE_NAMES))

/**
 * @throws if the file cannot be read or holds something else. `set` throws if the folder cannot be written.
 */
export function openPausedQueues(stateDir: string): PausedQueues {
  const file = join(stateDir, 'paused.json')
  const queues = new Set(existsSync(file) ? PausedFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : [])
  return {
    has: (queue) => queues.has(queue),
    set: (queue, paused) => {
      if (paused) queues.add(queue)
      else queues.delete(queue)
      if (queues.size > 0) writeFileSync(file, JSON.stringify([...queues]))
      else rmSync(file, { force: true })
    },
  }
}
