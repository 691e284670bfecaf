import type { Profile } from './change.ts'
import { isRecord, jsonResponse, type SimulatorResponse } from './outcome.ts'
import type { SimulatorState } from './state.ts'

const MAX_EXTERNAL_IDS = 50

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'string')

/**
 * Answers `POST /users/export/ids` with the requested fields for up to 50 external ids, or for one braze_id.
 */
export function handleExportIds(state: SimulatorState, body: unknown): SimulatorResponse {
  if (!isRecord(body)) return badRequest('The body could not be parsed as a JSON object')
  const { external_ids, braze_id, fields_to_export: fields } = body
  if (!isStrings(fields) || fields.length === 0) return badRequest('fields_to_export is required')
  if (typeof braze_id === 'string' && external_ids === undefined)
    return answer([[braze_id, state.profiles.get(braze_id)]], fields)
  if (!isStrings(external_ids) || external_ids.length === 0 || braze_id !== undefined)
    return badRequest('Either external_ids or one braze_id is required')
  if (external_ids.length > MAX_EXTERNAL_IDS)
    return badRequest(`At most ${MAX_EXTERNAL_IDS} external_ids are taken`)
  return answer(
    external_ids.map((id) => [id, state.profiles.get(state.externalIds.get(id) ?? '')]),
    fields,
  )
}

const badRequest = (message: string) => jsonResponse(400, { message })

function answer(found: [id: string, profile: Profile | undefined][], fields: string[]): SimulatorResponse {
  const users = found.flatMap(([, profile]) => (profile ? [pick(profile, fields)] : []))
  const invalid = found.filter(([, profile]) => !profile).map(([id]) => id)
  return jsonResponse(201, {
    message: 'success',
    users,
    ...(invalid.length > 0 ? { invalid_user_ids: invalid } : {}),
  })
}

/** Omits empty fields, as Braze does. */
function pick({ standard, ...profile }: Profile, fields: string[]) {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const allFields = Object.entries({ ...standard, ...profile })
  return Object.fromEntries(allFields.filter(([name, value]) => fields.includes(name) && !isEmpty(value)))
}
