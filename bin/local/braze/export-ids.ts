import * as z from 'zod'
import { UserAlias } from '../../../functions/shared/record.ts'
import type { Profile } from './change.ts'
import { isRecord, jsonResponse, type SimulatorResponse } from './outcome.ts'
import { findProfile, type SimulatorState } from './state.ts'

/** Braze, "Export user profile by identifier": "Up to 50 external_ids or user_aliases". */
const MAX_USERS = 50

/** Only one of these may be in a request (Braze, "Export user profile by identifier"). */
const SINGLE = ['device_id', 'email_address', 'phone'] as const

/** The identifiers of a request. The example in Braze's documentation contains several kinds. */
const Identifiers = z.object({
  external_ids: z.array(z.string()).default([]),
  user_aliases: z.array(UserAlias).default([]),
  braze_id: z.string().optional(),
  device_id: z.string().optional(),
  email_address: z.string().optional(),
  phone: z.string().optional(),
})
type Identifiers = z.infer<typeof Identifiers>

const Fields = z.array(z.string()).min(1)

/** Answers `POST /users/export/ids` with the requested fields of all users that the request names. */
export function handleExportIds(state: SimulatorState, body: unknown): SimulatorResponse {
  if (!isRecord(body)) return badRequest('The body could not be parsed as a JSON object')
  const fields = Fields.safeParse(body.fields_to_export).data
  if (!fields) return badRequest('fields_to_export is required')
  const identifiers = Identifiers.safeParse(body).data
  const error = identifiers ? identifiersError(identifiers) : 'An identifier has the wrong type'
  if (!identifiers || error !== undefined) return badRequest(error ?? '')
  return answer(found(state, identifiers), fields)
}

function identifiersError(identifiers: Identifiers): string | undefined {
  const { external_ids, user_aliases, braze_id } = identifiers
  const single = SINGLE.filter((name) => identifiers[name] !== undefined)
  if (single.length > 1) return `Only one of ${SINGLE.join(', ')} may be given`
  if (external_ids.length > MAX_USERS) return `At most ${MAX_USERS} external_ids are taken`
  if (user_aliases.length > MAX_USERS) return `At most ${MAX_USERS} user_aliases are taken`
  const isNamed = external_ids.length + user_aliases.length + single.length > 0 || braze_id !== undefined
  return isNamed ? undefined : 'An identifier is required'
}

const badRequest = (message: string) => jsonResponse(400, { message })

/** An identifier as `invalid_user_ids` names it, and the profiles that have it. */
type Found = { id: string; profiles: Profile[] }

function found(state: SimulatorState, identifiers: Identifiers): Found[] {
  const { external_ids, user_aliases, braze_id, device_id, email_address, phone } = identifiers
  const one = (id: string, profile: Profile | undefined) => ({ id, profiles: profile ? [profile] : [] })
  const all = (id: string | undefined, has: (profile: Profile) => boolean) =>
    id === undefined ? [] : [{ id, profiles: [...state.profiles.values().filter(has)] }]
  return [
    ...external_ids.map((value) => one(value, findProfile(state, { by: 'external_id', value }))),
    ...user_aliases.map((alias) => {
      const value = `${alias.alias_label}:${alias.alias_name}`
      return one(alias.alias_name, findProfile(state, { by: 'user_alias', value, alias }))
    }),
    ...(braze_id === undefined
      ? []
      : [one(braze_id, findProfile(state, { by: 'braze_id', value: braze_id }))]),
    ...all(device_id, ({ standard }) => hasDevice(standard.push_tokens, device_id)),
    ...all(email_address, ({ standard }) => standard.email === email_address),
    ...all(phone, ({ standard }) => standard.phone === phone),
  ]
}

/** The simulator knows a device only from a push token that was imported with it. */
const hasDevice = (tokens: unknown, device_id: string | undefined) =>
  Array.isArray(tokens) && tokens.some((token) => isRecord(token) && token.device_id === device_id)

function answer(found: readonly Found[], fields: readonly string[]): SimulatorResponse {
  const profiles = new Set(found.flatMap((each) => each.profiles))
  const invalid = found.filter((each) => each.profiles.length === 0).map(({ id }) => id)
  return jsonResponse(201, {
    message: 'success',
    users: [...profiles].map((profile) => pick(profile, fields)),
    ...(invalid.length > 0 ? { invalid_user_ids: invalid } : {}),
  })
}

/** Omits empty fields, as Braze does. */
function pick({ standard, ...profile }: Profile, fields: readonly string[]) {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const allFields = Object.entries({ ...standard, ...profile })
  return Object.fromEntries(allFields.filter(([name, value]) => fields.includes(name) && !isEmpty(value)))
}
