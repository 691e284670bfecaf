import type { Profile } from './change.ts'
import { type Answer, isObject, jsonAnswer } from './outcome.ts'
import type { State } from './state.ts'

const MAX_EXTERNAL_IDS = 50

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((element) => typeof element === 'string')

/** Carries out `POST /users/export/ids`: the asked fields of up to 50 external ids, or of one braze_id. */
export function exportIds(state: State, body: unknown): Answer {
  if (!isObject(body)) return refuse('The body could not be parsed as a JSON object')
  const { external_ids, braze_id, fields_to_export: fields } = body
  if (!isStrings(fields) || fields.length === 0) return refuse('fields_to_export is required')
  if (typeof braze_id === 'string' && external_ids === undefined)
    return answer([[braze_id, state.profiles.get(braze_id)]], fields)
  if (!isStrings(external_ids) || external_ids.length === 0 || braze_id !== undefined)
    return refuse('Either external_ids or one braze_id is required')
  if (external_ids.length > MAX_EXTERNAL_IDS)
    return refuse(`At most ${MAX_EXTERNAL_IDS} external_ids are taken`)
  return answer(
    external_ids.map((id) => [id, state.profiles.get(state.externalIds.get(id) ?? '')]),
    fields,
  )
}

const refuse = (message: string) => jsonAnswer(400, { message })

function answer(found: [id: string, profile: Profile | undefined][], fields: string[]): Answer {
  const users = found.flatMap(([, profile]) => (profile ? [pick(profile, fields)] : []))
  const invalid = found.filter(([, profile]) => !profile).map(([id]) => id)
  return jsonAnswer(201, {
    message: 'success',
    users,
    ...(invalid.length > 0 ? { invalid_user_ids: invalid } : {}),
  })
}

/** Empty fields are left out, as Braze does. */
function pick({ standard, ...profile }: Profile, fields: string[]) {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0
  const shown = Object.entries({ ...standard, ...profile })
  return Object.fromEntries(shown.filter(([name, value]) => fields.includes(name) && !isEmpty(value)))
}
