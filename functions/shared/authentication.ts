import * as z from 'zod/mini'
import { MAX_TOLERANCE_SECONDS } from './limits.ts'

/** The header that carries the token of a connection unless its settings name another. */
export const TOKEN_HEADER = 'x-api-key'

const headerName = z
  .string()
  .check(z.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a name of an HTTP header'), z.toLowerCase())

/** How far a signature's time may be in the past. */
const toleranceSeconds = z._default(
  z
    .int()
    .check(
      z.positive(),
      z.maximum(
        MAX_TOLERANCE_SECONDS,
        `at most ${MAX_TOLERANCE_SECONDS}: SQS recognises a repetition for five minutes`,
      ),
    ),
  MAX_TOLERANCE_SECONDS,
)

/** One way in which a sender proves who it is. The secret itself is in Secrets Manager. */
const Authentication = z.discriminatedUnion('kind', [
  /** The token, as it is, in a header of this name. */
  z.strictObject({ kind: z.literal('header'), name: headerName }),
  /** `Authorization: Bearer <token>`. */
  z.strictObject({ kind: z.literal('bearer') }),
  /** `Authorization: Basic …` with this user name and the token as the password. */
  z.strictObject({
    kind: z.literal('basic'),
    user: z.string().check(z.minLength(1), z.regex(/^[^:]+$/, 'without ":"')),
  }),
  /** HMAC-SHA256 over the raw body, keyed with the token; with a timestamp, over `<timestamp>.<body>`. */
  z.strictObject({
    kind: z.literal('hmac'),
    header: headerName,
    /** What precedes the signature in the header, such as `sha256=`. */
    prefix: z._default(z.string(), ''),
    encoding: z._default(z.enum(['hex', 'base64']), 'hex'),
    /** The header with the time of signing, in seconds since 1970. The signature covers this time too. */
    timestampHeader: z.optional(headerName),
    toleranceSeconds,
  }),
  /** Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature` (https://www.standardwebhooks.com). */
  z.strictObject({
    kind: z.literal('standard-webhooks'),
    toleranceSeconds,
  }),
])
export type Authentication = z.infer<typeof Authentication>

/** Whether the sender shows a signature instead of the token itself. */
export const isSigned = ({ kind }: Pick<Authentication, 'kind'>) =>
  kind === 'hmac' || kind === 'standard-webhooks'

/**
 * The ways to authenticate that a connection accepts. At most one of them is a signature. A signature does not cover
 * its own kind, so a request that carries two kinds could be recorded and sent again with only the other one, and
 * would then count as a new request.
 */
export const WaysToAuthenticate = z.array(Authentication).check(
  z.minLength(1),
  z.refine(
    (ways) => ways.filter(isSigned).length <= 1,
    'at most one kind of signature: use another connection for the other kind',
  ),
)
