import { createHash } from 'node:crypto'
import type { Settings } from './settings.ts'

/** What changes how rows are taken, read or delivered. Lanes are told as they are. */
const COMPARED = ['connections', 'queues', 'throttle', 'memoryMb'] as const satisfies (keyof Settings)[]

/** Enough to tell two settings from each other. */
const DIGITS = 12

/** A digest of each setting: fifty connections are too long for an output that people see. */
export const settingsDigests = (settings: Settings): Record<string, string> =>
  Object.fromEntries(
    COMPARED.map((name) => [
      name,
      createHash('sha256').update(JSON.stringify(settings[name])).digest('hex').slice(0, DIGITS),
    ]),
  )
