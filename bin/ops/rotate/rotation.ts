import * as z from 'zod'
import type { Connection } from '../../../functions/shared/connection.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import type { StartProgress } from '../../cli/progress.ts'
import type { SecretStore } from '../secret-store.edge.ts'
import type { TryToken } from '../try-token.ts'
import type { RandomBytes } from './new-token.ts'
import { type TokenStatus, tokenStatus } from './token-status.ts'

export type InboundRotationOptions = {
  connection: string
  step: 'look' | 'start' | 'finish'
  /** Print the new token. */
  show: boolean
}

export type InboundRotationDeps = {
  connection: Connection
  store: SecretStore
  /** Undefined if the webhook requires a client certificate, which the commands do not have. */
  tryToken: TryToken | undefined
  randomBytes: RandomBytes
  now: () => number
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
  startProgress: StartProgress
  /** Tells the operator where to find the secret. */
  secretLocation: string
  /** The command line of this rotation, without its step. */
  command: string
  /** The command line that checks everything. */
  check: string
  out: (line: string) => void
  error: (line: string) => void
}

/** The inbound secret. Its other fields are kept. */
export const Tokens = z.looseObject(InboundSecret.shape)
export type Tokens = z.infer<typeof Tokens>

/** Tests a token on the webhook. */
export const checkToken = (
  token: string,
  { connection }: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<TokenStatus> => tokenStatus(connection, deps.connection, token, deps.tryToken)

/** Prints the status of a token. @returns whether the webhook accepts it. */
export function printTokenStatus(
  which: string,
  found: TokenStatus,
  { out, error }: InboundRotationDeps,
): boolean {
  switch (found) {
    case 'let in':
      out(`${which} is let in.`)
      return true
    case 'not tried':
      out(`${which} is not tried: the webhook asks for a client certificate, which this command has not.`)
      return true
    case 'refused':
      error(`${which} is refused (401).`)
      return false
    default:
      error(`${which} is not known to be let in: ${found.notKnown}.`)
      return false
  }
}

/** Prints where the new token is, and the next step. */
export function printNewToken(
  { token }: Tokens,
  { show }: InboundRotationOptions,
  { out, secretLocation, command }: InboundRotationDeps,
): void {
  out(show ? `The new token: ${token}` : `The new token is under "token" in ${secretLocation}`)
  out(
    'Give it to the sender. Until the sender uses it, the previous one goes on working, for as long as you like.',
  )
  out(`When the sender uses the new one: ${command} --finish`)
}
