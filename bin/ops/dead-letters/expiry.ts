import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'

const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1_000

/** Both in milliseconds since the epoch. Nobody sees a letter that has expired any more. */
export const expiresAt = (sentAt: number) => sentAt + RETENTION_MS
