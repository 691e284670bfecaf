import type { Authentication } from '../../../functions/shared/authentication.ts'

export type RandomBytes = (count: number) => Uint8Array

/**
 * The same length as the stack's own tokens. Every sender's form accepts letters and digits, and 48 of them
 * are 285 bits.
 */
const LENGTH = 48
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/**
 * The largest multiple of the alphabet's length that fits a byte. Bytes from there on are discarded,
 * otherwise the first characters would be more frequent.
 */
const FAIR = 256 - (256 % ALPHABET.length)

/** Standard Webhooks 1.0 asks for 24 to 64 bytes. */
const KEY_BYTES = 32

/** Creates a token that works with all of a connection's authentication methods. */
export function newToken(methods: readonly Authentication[], randomBytes: RandomBytes): string {
  if (methods.some(({ kind }) => kind === 'standard-webhooks'))
    return `whsec_${Buffer.from(randomBytes(KEY_BYTES)).toString('base64')}`
  let token = ''
  while (token.length < LENGTH)
    for (const byte of randomBytes(LENGTH)) if (byte < FAIR) token += ALPHABET[byte % ALPHABET.length]
  return token.slice(0, LENGTH)
}
