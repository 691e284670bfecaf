import * as z from 'zod'
import { BRAZE_KEY_PLACEHOLDER, brazeSecret } from '../../../functions/shared/secrets.ts'
import { askBraze, type CallBraze } from '../braze-key/ask.ts'
import { isGranted, judgeKey } from '../braze-key/judge.ts'
import { formatFinding } from '../finding.ts'
import type { SecretStore } from '../secret-store.edge.ts'
import { timeOfDay } from './time-of-day.ts'

export type BrazeRotationOptions = {
  /** A Braze key belongs to one instance. Undefined keeps the REST endpoint in the secret. */
  restEndpoint: string | undefined
}

export type BrazeRotationDeps = {
  store: SecretStore
  callBraze: CallBraze
  /** Reads the new key. @returns undefined if there is none to read. */
  readKey: (() => Promise<string | undefined>) | undefined
  allowLoopback: boolean
  now: () => number
  command: string
  out: (line: string) => void
  error: (line: string) => void
}

/** The secret as it is, valid or not. Its other fields are kept. */
const StoredSecret = z.looseObject({
  apiKey: z.string().optional().catch(undefined),
  restEndpoint: z.string().optional().catch(undefined),
})
type StoredSecret = z.infer<typeof StoredSecret>

/**
 * Writes a new Braze key into the secret, once Braze has confirmed that it may do what the bridge does. Braze
 * accepts several keys at once, so no waiting is necessary.
 * @returns whether the key in the secret is valid.
 */
export async function rotateBraze(options: BrazeRotationOptions, deps: BrazeRotationDeps): Promise<boolean> {
  const { out, error } = deps
  const stored = StoredSecret.catch({}).parse(await deps.store.read())
  if (!deps.readKey) return printSteps(stored, deps)
  const isFirst = stored.apiKey === undefined || stored.apiKey === BRAZE_KEY_PLACEHOLDER
  if (isFirst && options.restEndpoint === undefined) {
    error('The secret holds no key yet, and only an example of an endpoint: say --rest-endpoint too.')
    return false
  }
  const key = await deps.readKey()
  if (key === undefined) {
    error('Nothing was written: the file of the key can not be read, or none was typed.')
    return false
  }
  const wanted = {
    apiKey: key.trim(),
    restEndpoint: options.restEndpoint ?? stored.restEndpoint,
  }
  const { data: next } = brazeSecret({ allowLoopback: deps.allowLoopback }).safeParse(wanted)
  if (!next || next.apiKey === BRAZE_KEY_PLACEHOLDER) {
    error(
      'Nothing was written. The key is a text without spaces, and the endpoint an https address under braze.com or braze.eu without a path.',
    )
    return false
  }
  if (next.apiKey === stored.apiKey && next.restEndpoint === stored.restEndpoint) {
    out('This key stands in the secret already; nothing was written.')
    return tryKey(next, deps)
  }
  if (!(await tryKey(next, deps))) {
    error('Nothing was written: Braze does not grant this key both permissions, or did not answer.')
    return false
  }
  await deps.store.write({ ...stored, ...next })
  const written = brazeSecret({ allowLoopback: deps.allowLoopback }).safeParse(await deps.store.read())
  if (written.data?.apiKey !== next.apiKey || !(await tryKey(written.data, deps))) {
    error(`The secret was written, and does not give the key back yet: run ${deps.command} in a minute.`)
    return false
  }
  out(
    'The new key stands in the secret. The worker takes it within 5 minutes, and at once where Braze refuses the old one.',
  )
  if (!isFirst)
    out(
      `Delete the old key in Braze, not before ${timeOfDay(deps.now() + OLD_KEY_IN_USE_MS)}: until then a worker may still use it.`,
    )
  return true
}

/**
 * Ten minutes: a worker caches the key for five, its last invocation ends within one more, and the rest is a
 * safety margin.
 */
const OLD_KEY_IN_USE_MS = 10 * 60_000

async function printSteps(stored: StoredSecret, deps: BrazeRotationDeps): Promise<boolean> {
  const { data } = brazeSecret({ allowLoopback: deps.allowLoopback }).safeParse(stored)
  const isFine = data !== undefined && data.apiKey !== BRAZE_KEY_PLACEHOLDER && (await tryKey(data, deps))
  if (data === undefined || data.apiKey === BRAZE_KEY_PLACEHOLDER) deps.out('The secret holds no key yet.')
  for (const line of [
    '',
    '1. Make a key in Braze (Settings, APIs and Identifiers) with users.track and users.export.ids.',
    `2. ${deps.command} --key-file - asks for it, tries it, and puts it into the secret.`,
    '3. Delete the old one in Braze at the time that it then tells.',
  ])
    deps.out(line)
  return isFine
}

/** Tests a key on Braze and prints the findings. @returns whether it has all necessary permissions. */
async function tryKey(
  credentials: { apiKey: string; restEndpoint: string },
  { callBraze, command, out }: BrazeRotationDeps,
): Promise<boolean> {
  const answers = await askBraze(callBraze, credentials)
  const { host } = new URL(credentials.restEndpoint)
  for (const line of judgeKey(answers, host, command).flatMap(formatFinding)) out(line)
  return isGranted(answers)
}
