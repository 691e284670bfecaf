import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type * as z from 'zod/mini'
import { parseJson } from './json.ts'
import { CALL_MS } from './limits.ts'
import { isWithin, ReadFailedRecently, type ReadSecret } from './secrets.ts'

/**
 * How long a secret's value is used before it is read again, in milliseconds. A rotation takes this long to
 * take effect by itself.
 */
export const CACHE_MS = 5 * 60_000

/**
 * In milliseconds. After a failed read, the next one follows after this time at the earliest. Otherwise, while
 * Secrets Manager throttles reads, every request from anybody would cause another read and another log line.
 */
export const PAUSE_AFTER_FAILURE_MS = 3_000

/**
 * Thrown if the secret was read but does not have the required shape. It names the paths at fault, never a
 * value.
 */
export class SecretMisshapen extends Error {
  override readonly name = 'SecretMisshapen'
  /** An empty path means the whole value. */
  readonly paths: readonly string[]
  constructor(paths: readonly string[]) {
    const where = paths.map((path) => path || '(whole value)').join(', ')
    super(`the secret does not have the shape it must have: ${where}`)
    this.paths = paths
  }
}

/**
 * Reads a JSON secret and caches it for five minutes. A failure is remembered for seconds only: one failed
 * cold start must not poison the process.
 * @throws if Secrets Manager doesn't answer or the value doesn't match the schema. The error names paths, not
 * values. Within `PAUSE_AFTER_FAILURE_MS` of a failure, `ReadFailedRecently`.
 * @param callMs a read is aborted after this, in milliseconds.
 */
export function cachedSecret<T>(
  client: SecretsManagerClient,
  id: string,
  schema: z.ZodMiniType<T>,
  now: () => number,
  callMs = CALL_MS,
): ReadSecret<T> {
  let cached: { value: T; at: number } | undefined
  let failedAt: number | undefined
  const read = async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }), {
      abortSignal: AbortSignal.timeout(callMs),
    })
    const parsed = schema.safeParse(parseJson(SecretString ?? ''))
    if (!parsed.success) {
      throw new SecretMisshapen(parsed.error.issues.map(({ path }) => path.join('.')))
    }
    return parsed.data
  }
  return async ({ fresh = false, olderThanMs = CACHE_MS } = {}) => {
    if (cached && !fresh && isWithin(olderThanMs, cached.at, now())) return cached.value
    if (failedAt !== undefined && isWithin(PAUSE_AFTER_FAILURE_MS, failedAt, now()))
      throw new ReadFailedRecently()
    try {
      cached = { value: await read(), at: now() }
      return cached.value
    } catch (error) {
      failedAt = now()
      throw error
    }
  }
}
