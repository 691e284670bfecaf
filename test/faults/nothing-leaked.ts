import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import type { OracleDeadLetter } from './dead-letters.ts'
import { NEW_KEY } from './keys.ts'
import type { FaultRun } from './run.ts'

/** Texts that must never be logged. All users, values, texts and tokens of a scenario contain the first. */
const SENSITIVE_TEXTS = ['fixture-', SIMULATOR_KEY]

/** A dead letter may contain what was sent, but none of these secrets. */
const SECRETS = [SIMULATOR_KEY, NEW_KEY, 'fixture-inbound-token']

/** Promise 8: no log line or metric contains sensitive data, and no dead letter contains a secret. */
export function nothingLeaked(run: FaultRun, deadLetters: OracleDeadLetter[]): string[] {
  const line = run.logs
    .map((entry) => JSON.stringify(entry))
    .find((entry) => holdsOne(entry, SENSITIVE_TEXTS))
  const isLeaked = deadLetters.some((deadLetter) => holdsOne(JSON.stringify(deadLetter), SECRETS))
  return [
    ...(line === undefined ? [] : [`8: a log line or a metric says ${line.slice(0, 200)}`]),
    ...(isLeaked ? ['8: a letter holds a key'] : []),
  ]
}

const holdsOne = (text: string, forbidden: readonly string[]) => forbidden.some((word) => text.includes(word))
