import type { Message } from './message.ts'

/**
 * Whether parsed JSON is a message, looked at field by field: what `Message` in message.ts says, which is the rule and
 * names what is wrong. Going by it takes ten times as long, since it copies what it reads.
 */
export function isMessage(json: unknown): json is Message {
  if (!isObject(json) || json.v !== 1) return false
  const { id, connection, receivedAt, requestId, failure, records } = json
  if (!isText(id) || !isText(connection) || !isText(receivedAt) || !isText(requestId)) return false
  // A letter that was put back by hand is rare, and left to the rule.
  if (failure !== undefined || !Array.isArray(records) || records.length === 0) return false
  return records.every(isRecord)
}

type JsonObject = { readonly [name: string]: unknown }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string'
const isTextOrNone = (value: unknown) => value === undefined || typeof value === 'string'
const isName = (value: unknown) => typeof value === 'string' && value !== ''
const isNameOrNone = (value: unknown) => value === undefined || isName(value)
const isObjectOrNone = (value: unknown) => value === undefined || isObject(value)

function isRecord(record: unknown): boolean {
  if (!isObject(record)) return false
  const { external_id, braze_id, user_alias, email, phone, run_id } = record
  if (!isNameOrNone(external_id) || !isNameOrNone(braze_id) || !isTextOrNone(run_id)) return false
  // They come by Braze's own body only, and are left to the rule.
  if (user_alias !== undefined || email !== undefined || phone !== undefined) return false
  switch (record.type) {
    case 'profile':
      return isProfile(record)
    case 'event':
      return isEvent(record)
    default:
      return false
  }
}

function isProfile({ memberships, attributes, source_time }: JsonObject): boolean {
  if (!isObjectOrNone(attributes) || !isTextOrNone(source_time)) return false
  return memberships === undefined || (Array.isArray(memberships) && memberships.every(isMembership))
}

function isMembership(membership: unknown): boolean {
  if (!isObject(membership)) return false
  const { audience_id, split_id, member, attribute, leave } = membership
  if (!isName(audience_id) || !isName(split_id) || typeof member !== 'boolean') return false
  return isNameOrNone(attribute) && (leave === undefined || leave === 'null')
}

const isEvent = ({ name, time, event_id, properties, fields }: JsonObject) =>
  isName(name) &&
  isTextOrNone(time) &&
  isTextOrNone(event_id) &&
  isObjectOrNone(properties) &&
  isObjectOrNone(fields)
