import * as z from 'zod'
import { BRAZE_KEY_PLACEHOLDER, brazeSecret, type Credentials } from '../../../functions/shared/secrets.ts'
import { askBraze, type CallBraze } from '../braze-key/ask.ts'
import { isGranted, judgeKey } from '../braze-key/judge.ts'
import { type KeyUse, permissionsOf } from '../braze-key/key-use.ts'
import { type Finding, formatFinding } from '../finding.ts'
import type { SecretStore } from '../secret-store.edge.ts'
import { timeOfDay } from './time-of-day.ts'

export type BrazeRotationDeps = {
  /** What the key is for. */
  use: KeyUse
  store: SecretStore
  callBraze: CallBraze
  allowLoopback: boolean
  now: () => number
  /** The command line of this rotation, without a key. */
  command: string
  out: (line: string) => void
  error: (line: string) => void
}

/** The state after the command. Contains no key. */
export type BrazeRotation = {
  /** Whether the key in the secret is valid, and the given one, if any, is in the secret. */
  ok: boolean
  key: 'stored' | 'unchanged'
  /** What Braze says about the last key that was tried. */
  findings: readonly Finding[]
  /** When no worker uses the old key any more, in milliseconds since the epoch. */
  oldKeyUnusedAt?: number
}

/** The secret as it is, valid or not. Its other fields are kept. */
const StoredSecret = z.looseObject({
  apiKey: z.string().optional().catch(undefined),
  restEndpoint: z.string().optional().catch(undefined),
})
type StoredSecret = z.infer<typeof StoredSecret>

const readStored = async (store: SecretStore): Promise<StoredSecret> =>
  StoredSecret.catch({}).parse(await store.read())

const isPlaceholder = (key: string | undefined) => key === undefined || key === BRAZE_KEY_PLACEHOLDER

/** @returns undefined if the worker could not use them. */
function usable(credentials: unknown, { allowLoopback }: BrazeRotationDeps): Credentials | undefined {
  const { data } = brazeSecret({ allowLoopback }).safeParse(credentials)
  return data && !isPlaceholder(data.apiKey) ? data : undefined
}

/**
 * Writes a new Braze key into the secret, once Braze has confirmed that it may do what the bridge does. Braze
 * accepts several keys at once, so no waiting is necessary.
 * @param restEndpoint undefined keeps the endpoint in the secret. A key belongs to one instance of Braze.
 * @param readKey returns undefined if there is no key to read.
 */
export async function rotateBraze(
  restEndpoint: string | undefined,
  readKey: () => Promise<string | undefined>,
  deps: BrazeRotationDeps,
): Promise<BrazeRotation> {
  const stored = await readStored(deps.store)
  if (isPlaceholder(stored.apiKey) && restEndpoint === undefined)
    return unchanged(
      'The secret contains no key yet, and only an example of an endpoint. Add --rest-endpoint.',
      deps,
    )
  const key = await readKey()
  if (key === undefined)
    return unchanged('Nothing was written: the key file cannot be read, or no key was typed.', deps)
  const next = usable({ apiKey: key.trim(), restEndpoint: restEndpoint ?? stored.restEndpoint }, deps)
  if (!next)
    return unchanged(
      'Nothing was written. A key is a text without spaces, and an endpoint is an https address under braze.com or braze.eu without a path.',
      deps,
    )
  if (next.apiKey === stored.apiKey && next.restEndpoint === stored.restEndpoint) {
    deps.out('The secret already contains this key, and nothing was written.')
    return { key: 'unchanged', ...(await tryKey(next, deps)) }
  }
  const { ok, findings } = await tryKey(next, deps)
  if (ok) return storeKey(next, stored, deps)
  return unchanged(
    `Nothing was written: Braze did not confirm that this key has ${permissionsOf(deps.use)}.`,
    deps,
    findings,
  )
}

function unchanged(
  sentence: string,
  { error }: BrazeRotationDeps,
  findings: readonly Finding[] = [],
): BrazeRotation {
  error(sentence)
  return { ok: false, key: 'unchanged', findings }
}

/**
 * Ten minutes: a worker caches the key for five, its last invocation ends within one more, and the rest is a
 * safety margin.
 */
const OLD_KEY_IN_USE_MS = 10 * 60_000

/** `firstKeyBackoff` in the worker says when a lane that waits for the first key comes back. */
const FIRST_KEY =
  ' Waiting rows are delivered within a minute, or within 15 minutes if they have waited for 50 minutes or more.'

/** Writes the key, reads it back, and tries it again. */
async function storeKey(
  next: Credentials,
  stored: StoredSecret,
  deps: BrazeRotationDeps,
): Promise<BrazeRotation> {
  const { store, now, command, use, out, error } = deps
  await store.write({ ...stored, ...next })
  const written = usable(await readStored(store), deps)
  const { ok, findings } =
    written?.apiKey === next.apiKey ? await judgeOnBraze(written, deps) : { ok: false, findings: [] }
  if (!ok) {
    printFindings(findings, deps)
    error(`The key was written, but could not be confirmed. Run this in a minute: ${command}`)
    return { ok, key: 'stored', findings }
  }
  if (isPlaceholder(stored.apiKey)) {
    out(`The key is in the secret.${use.needs.includes('track') ? FIRST_KEY : ''}`)
    return { ok, key: 'stored', findings }
  }
  out(
    `The new key is in the secret. The ${use.needs.includes('track') ? 'worker' : 'exporter'} uses it within 5 minutes, or at once if Braze rejects the old key.`,
  )
  const oldKeyUnusedAt = now() + OLD_KEY_IN_USE_MS
  out(
    `Delete the old key in Braze, but not before ${timeOfDay(oldKeyUnusedAt)}: until then it may still be used.`,
  )
  return { ok, key: 'stored', findings, oldKeyUnusedAt }
}

/** Tries the key in the secret, and says how to replace it. */
export async function showBrazeKey(deps: BrazeRotationDeps): Promise<BrazeRotation> {
  const stored = usable(await readStored(deps.store), deps)
  if (!stored) deps.out('The secret contains no usable key yet.')
  const { ok, findings } = stored ? await tryKey(stored, deps) : { ok: false, findings: [] }
  for (const line of [
    '',
    `1. Create a key in Braze (Settings, APIs and Identifiers) with ${permissionsOf(deps.use)}.`,
    `2. Enter it here, which tests it and stores it: ${deps.command} --key-file -`,
    '3. Delete the old key in Braze, at the time that step 2 prints.',
  ])
    deps.out(line)
  return { ok, key: 'unchanged', findings }
}

async function tryKey(credentials: Credentials, deps: BrazeRotationDeps) {
  const tried = await judgeOnBraze(credentials, deps)
  printFindings(tried.findings, deps)
  return tried
}

async function judgeOnBraze(credentials: Credentials, { callBraze, command, use }: BrazeRotationDeps) {
  const answers = await askBraze(callBraze, credentials)
  const findings = judgeKey(answers, new URL(credentials.restEndpoint).host, command, use)
  return { ok: isGranted(answers, use), findings }
}

function printFindings(findings: readonly Finding[], { out }: BrazeRotationDeps): void {
  for (const line of findings.flatMap(formatFinding)) out(line)
}
