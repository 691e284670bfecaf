import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Markers } from '../invocation.ts'

/**
 * Keeps markers as files in a folder that outlives the process but not the execution environment (Lambda's
 * /tmp). This is best effort: a message that always meets a new environment is detected later, or by SQS's
 * own count.
 */
export function fileMarkers(folder: string): Markers {
  const path = (messageId: string) => join(folder, `handling-${messageId.replace(/[^\w-]/g, '_')}`)
  return {
    set: async (messageId) => {
      const before = await readFile(path(messageId), 'utf8').then(Number, () => 0)
      await writeFile(path(messageId), String(before + 1)).catch(() => undefined)
      return before
    },
    clear: (messageId) => rm(path(messageId), { force: true }).catch(() => undefined),
  }
}
