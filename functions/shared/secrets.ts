import * as z from 'zod/mini'

/** A shorter token could be guessed. */
export const MIN_TOKEN_CHARACTERS = 16
const token = z.string().check(z.minLength(MIN_TOKEN_CHARACTERS))

/**
 * The inbound secret. Two tokens are live at once, so that a token can be rotated without a rejected request.
 */
export const InboundSecret = z.object({
  token,
  previousToken: z.optional(token),
})
export type InboundSecret = z.infer<typeof InboundSecret>

/**
 * The key that the stack creates the Braze secret with. The worker recognises it, holds every message, and
 * says so.
 */
export const BRAZE_KEY_PLACEHOLDER = 'put-the-braze-rest-api-key-here'

/**
 * The key that people are hashed with in the log (`person-hash.ts`). AWS makes it, and nobody needs to know
 * it.
 */
export const LogKey = z.object({ key: z.string().check(z.minLength(32)) })
export type LogKey = z.infer<typeof LogKey>

export type Credentials = { apiKey: string; restEndpoint: string }
export type NoCredentials = { missing: 'BRAZE_SECRET_UNREADABLE' | 'BRAZE_SECRET_PLACEHOLDER' }
export type ReadCredentials = (options: { fresh: boolean }) => Promise<Credentials | NoCredentials>

/**
 * Braze's instances are hosts under these domains. There is no list of the hosts, because new ones appear.
 */
const BRAZE_HOST = /\.braze\.(com|eu)$/

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/**
 * The schema of the Braze secret. The key goes only to Braze, over https; the local run may also talk to
 * loopback.
 */
export const brazeSecret = ({ allowLoopback }: { allowLoopback: boolean }): z.ZodMiniType<Credentials> =>
  z.object({
    apiKey: z.string().check(
      z.minLength(1),
      z.refine((key) => /^[\x21-\x7e]+$/.test(key), 'a key holds no spaces'),
    ),
    restEndpoint: z
      .string()
      .check(z.refine((endpoint) => isBraze(endpoint, allowLoopback), 'not a Braze REST endpoint')),
  })

function isBraze(endpoint: string, allowLoopback: boolean): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(endpoint)
  // Only the host is used. Anything beyond it would be ignored silently.
  if (username + password + search + hash !== '' || pathname !== '/') return false
  if (allowLoopback && protocol === 'http:') return LOOPBACK_HOSTS.includes(hostname)
  return protocol === 'https:' && BRAZE_HOST.test(hostname)
}

/**
 * Returns the credentials, or why there are none. A person has to fix either cause, and nothing is lost in
 * the meantime. The placeholder is read again each time, so that the first key is used as soon as it is stored.
 */
export function brazeCredentials(readSecret: ReadSecret<Credentials>): ReadCredentials {
  let isPlaceholder = false
  return async ({ fresh }) => {
    try {
      const credentials = await readSecret({ fresh: fresh || isPlaceholder })
      isPlaceholder = credentials.apiKey === BRAZE_KEY_PLACEHOLDER
      return isPlaceholder ? { missing: 'BRAZE_SECRET_PLACEHOLDER' } : credentials
    } catch {
      return { missing: 'BRAZE_SECRET_UNREADABLE' }
    }
  }
}

/** Thrown instead of reading again too soon after a failed read. */
export class ReadFailedRecently extends Error {
  override readonly name = 'ReadFailedRecently'
}

/** `fresh`: read it again now. `olderThanMs`: read it again if the cached value is older. */
export type ReadSecret<T> = (options?: { fresh?: boolean; olderThanMs?: number }) => Promise<T>

/**
 * Whether something happened within this time before now, in milliseconds. If the clock was set back, it did not:
 * otherwise what was remembered would last until the clock has caught up.
 */
export const isWithin = (ms: number, at: number, now: number) => now >= at && now - at < ms
