/** As `lib/delivery-queue.ts` sets it: SQS keeps a message no longer. */
const RETENTION_MS = 14 * 24 * 60 * 60 * 1_000

/** Both in milliseconds since the epoch. Nobody sees a letter that has expired any more. */
export const expiresAt = (sentAt: number) => sentAt + RETENTION_MS
