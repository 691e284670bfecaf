import type { BrazeAnswer, BrazeCall } from '../../../functions/shared/braze.edge.ts'
import { EXPORT_IDS_PATH, TRACK_PATH } from '../../../functions/shared/braze.edge.ts'
import type { Credentials } from '../../../functions/shared/secrets.ts'
import { probe } from '../../../functions/worker/send/probe.ts'

export type CallBraze = (credentials: Credentials, call: BrazeCall) => Promise<BrazeAnswer>

/** Braze's answers to a key on the two paths that the bridge uses. */
export type KeyAnswers = { track: BrazeAnswer; exported: BrazeAnswer }

/** An external id that no profile has. The worker uses it to probe whether Braze is up. */
export const NOBODY = 'actioniq-braze-bridge-probe'

/** Short, because an operator waits for the answer. */
const TIMEOUT_MS = 10_000

/** In bytes. Braze's answers about one object or one profile are far smaller. */
const MAX_ANSWER_BYTES = 1_000_000

/**
 * Asks Braze what a key may do, without writing.
 *
 * `users.track`: sends the worker's probe, an object for an id that nobody has, for existing profiles only
 * and without a single attribute. It would change nothing even in a profile that has the id (Braze, "User
 * attributes object", `_update_existing_only`). A 201 proves the permission. An empty body certainly writes
 * nothing, but Braze answers it with a 400 (Braze, "API errors"), which proves the permission only if Braze
 * checks the key before the body.
 *
 * `users.export.ids`: asks for the same id, which also shows whether the probe has created a profile after
 * all.
 */
export async function askBraze(callBraze: CallBraze, credentials: Credentials): Promise<KeyAnswers> {
  const track = await callBraze(credentials, {
    path: TRACK_PATH,
    body: `{"attributes":[${probe('attributes', 0).json}]}`,
    timeoutMs: TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  })
  const exported = await callBraze(credentials, {
    path: EXPORT_IDS_PATH,
    body: JSON.stringify({ external_ids: [NOBODY], fields_to_export: ['external_id'] }),
    timeoutMs: TIMEOUT_MS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  })
  return { track, exported }
}
