import * as z from 'zod'

/** The inbound secret. Two values are live at once, so that a token can be rotated without a refused request. */
export const InboundSecret = z.object({
  token: z.string().min(16),
  previousToken: z.string().min(16).optional(),
})
export type InboundSecret = z.infer<typeof InboundSecret>

/** What the stack creates the Braze secret with. The worker recognises it, holds every message, and says so. */
export const BRAZE_KEY_PLACEHOLDER = 'put-the-braze-rest-api-key-here'

/** What people are hashed with in the log (`person-hash.ts`). AWS makes it, and nobody needs to know it. */
export const LogKey = z.object({ key: z.string().min(32) })
export type LogKey = z.infer<typeof LogKey>
