import * as z from 'zod'
import type { Connection } from '../../../functions/shared/connection.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import type { Knock } from '../knock.ts'
import type { StartProgress } from '../progress.ts'
import type { SecretStore } from '../secret-store.edge.ts'
import { isLetIn, type LetIn } from './let-in.ts'
import type { RandomBytes } from './new-token.ts'

export type InboundOptions = {
  connection: string
  step: 'look' | 'start' | 'finish'
  /** Print the new token. */
  show: boolean
}

export type InboundDeps = {
  connection: Connection
  store: SecretStore
  /** Undefined where the webhook asks for a client certificate, which the commands have not. */
  knock: Knock | undefined
  randomBytes: RandomBytes
  now: () => number
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
  startProgress: StartProgress
  /** Where a person finds the secret. */
  whereToRead: string
  /** The command line of this rotation, without its step. */
  command: string
  /** The command line that looks at everything. */
  check: string
  out: (line: string) => void
  complain: (line: string) => void
}

/** The inbound secret. What else stands in the secret stays there. */
export const Tokens = z.looseObject(InboundSecret.shape)
export type Tokens = z.infer<typeof Tokens>

/** Shows a token to the webhook. */
export const letIn = (token: string, { connection }: InboundOptions, deps: InboundDeps): Promise<LetIn> =>
  isLetIn(connection, deps.connection, token, deps.knock)

/** Tells what became of a token. @returns whether it is let in. */
export function tellLetIn(which: string, found: LetIn, { out, complain }: InboundDeps): boolean {
  switch (found) {
    case 'let in':
      out(`${which} is let in.`)
      return true
    case 'not tried':
      out(`${which} is not tried: the webhook asks for a client certificate, which this command has not.`)
      return true
    case 'refused':
      complain(`${which} is refused (401).`)
      return false
    default:
      complain(`${which} is not known to be let in: ${found.notKnown}.`)
      return false
  }
}

/** Tells where the new token is, and what comes next. */
export function tellNew(
  { token }: Tokens,
  { show }: InboundOptions,
  { out, whereToRead, command }: InboundDeps,
): void {
  out(show ? `The new token: ${token}` : `The new token stands under "token" in ${whereToRead}`)
  out(
    'Give it to the sender. Until the sender uses it, the previous one goes on working, for as long as you like.',
  )
  out(`When the sender uses the new one: ${command} --finish`)
}
