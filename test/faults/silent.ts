import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import { NEW_KEY } from './keys.ts'
import type { Letter } from './letters.ts'
import type { Run } from './run.ts'

/** What must never be told: users, values, texts and tokens all hold the first. */
const TELLTALES = ['fixture-', SIMULATOR_KEY]

/** A letter tells what was sent, and no secret. */
const SECRETS = [SIMULATOR_KEY, NEW_KEY, 'fixture-inbound-token']

/** Promise 8. */
export function silent(run: Run, letters: Letter[]): string[] {
  const line = run.logs.map((entry) => JSON.stringify(entry)).find((entry) => holdsOne(entry, TELLTALES))
  const isTold = letters.some((letter) => holdsOne(JSON.stringify(letter), SECRETS))
  return [
    ...(line === undefined ? [] : [`8: a log line or a metric says ${line.slice(0, 200)}`]),
    ...(isTold ? ['8: a letter holds a key'] : []),
  ]
}

const holdsOne = (text: string, telltales: readonly string[]) =>
  telltales.some((telltale) => text.includes(telltale))
