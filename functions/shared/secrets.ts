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

export type Credentials = { apiKey: string; restEndpoint: string }
export type NoCredentials = { missing: 'BRAZE_SECRET_UNREADABLE' | 'BRAZE_SECRET_PLACEHOLDER' }
export type ReadCredentials = (options: { fresh: boolean }) => Promise<Credentials | NoCredentials>

/** Braze's instances are hosts under these; new ones appear, so no list of them is kept. */
const BRAZE_HOST = /\.braze\.(com|eu)$/

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]']

/** The Braze secret. The key goes to Braze only, over https; the local run may also talk to loopback. */
export const brazeSecret = ({ allowLoopback }: { allowLoopback: boolean }): z.ZodType<Credentials> =>
  z.object({
    apiKey: z
      .string()
      .min(1)
      .refine((key) => /^[\x21-\x7e]+$/.test(key), 'a key holds no spaces'),
    restEndpoint: z
      .string()
      .refine((endpoint) => isBraze(endpoint, allowLoopback), 'not a Braze REST endpoint'),
  })

function isBraze(endpoint: string, allowLoopback: boolean): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, hostname, username, password, pathname, search, hash } = new URL(endpoint)
  // Only the host is used: anything more would be ignored without a word.
  if (username + password + search + hash !== '' || pathname !== '/') return false
  if (allowLoopback && protocol === 'http:') return LOOPBACK_HOSTS.includes(hostname)
  return protocol === 'https:' && BRAZE_HOST.test(hostname)
}

/** The credentials, or why there are none: both are states a person has to mend, and nothing is lost meanwhile. */
export function brazeCredentials(readSecret: ReadSecret<Credentials>): ReadCredentials {
  return async (options) => {
    try {
      const credentials = await readSecret(options)
      return credentials.apiKey === BRAZE_KEY_PLACEHOLDER
        ? { missing: 'BRAZE_SECRET_PLACEHOLDER' }
        : credentials
    } catch {
      return { missing: 'BRAZE_SECRET_UNREADABLE' }
    }
  }
}

/** `fresh`: read it again now. `olderThanMs`: read it again if the kept value is older. */
export type ReadSecret<T> = (options?: { fresh?: boolean; olderThanMs?: number }) => Promise<T>
