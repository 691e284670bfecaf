import { isRecord } from './outcome.ts'
import { brazeIdOf, type Resolved, type SimulatorState } from './state.ts'

type TokenUsers = { ok: true; users: Resolved[] } | { ok: false; error: string }

/**
 * Finds the anonymous users that an object with `push_token_import: true` creates: one for each token that
 * Braze does not know yet (Braze, "User attributes object", "Push token import"). The tokens must have been
 * checked.
 */
export function newTokenUsers(state: SimulatorState, object: Record<string, unknown>): TokenUsers {
  const { external_id = null, braze_id = null } = object
  const tokens = tokensIn(object)
  // "User track", "Endpoint-specific errors": an import has tokens, and neither external_id nor braze_id.
  if (external_id !== null || braze_id !== null || tokens.length === 0)
    return { ok: false, error: 'BAD_PUSH_TOKEN_IMPORT' }
  const isKnown = new Set(
    [...state.profiles.values()].flatMap(({ standard }) => tokensIn(standard)).map(({ token }) => token),
  )
  return { ok: true, users: tokens.filter(({ token }) => !isKnown.has(token)).map(newUser) }
}

const tokensIn = ({ push_tokens }: Record<string, unknown>) =>
  Array.isArray(push_tokens) ? push_tokens.filter(isRecord) : []

function newUser(token: Record<string, unknown>): Resolved {
  const label = `push_token:${String(token.token)}`
  const standard = { push_tokens: [token] }
  const profile = { braze_id: brazeIdOf(label), user_aliases: [], custom_attributes: {}, standard }
  return { label, profile, changes: [{ kind: 'profile', profile }] }
}
