import type { Refusal } from '../shared/failure.ts'
import { chooseIdentifier, type IdentifierName, userKey } from '../shared/identifier.ts'
import { type BridgeRecord, type EventRecord, isSafeToResend, type ProfileRecord } from '../shared/record.ts'
import { checkAttributes, checkEvent, checkIdentifier } from './check.ts'
import { NO_IDENTIFIER } from './refusals.ts'
import { renameReserved } from './rename-reserved.ts'

/** Braze's three arrays of /users/track. */
export type ArrayName = 'attributes' | 'events' | 'purchases'

/** A plain object without a prototype, so that an attribute named `__proto__` is data like any other. */
export type BrazeObject = { [field: string]: unknown }

/** A record as Braze takes it. */
export type Mapped = {
  array: ArrayName
  /** Equal for the same person only. */
  user: string
  /** May be merged with its neighbours and sent twice. */
  safe: boolean
  object: BrazeObject
}

export type MapSettings = { preferredIdentifier: IdentifierName }

/**
 * Maps a record to the object Braze takes, or says why Braze would refuse or silently drop it.
 * @param receivedAt ISO 8601: the time of an event that tells none.
 */
export function map(record: BridgeRecord, receivedAt: string, settings: MapSettings): Mapped | Refusal {
  const identifier = chooseIdentifier(record, settings.preferredIdentifier)
  if (!identifier) return NO_IDENTIFIER
  const object: BrazeObject = Object.assign(Object.create(null), identifier)
  const refusal =
    checkIdentifier(identifier) ??
    (record.type === 'profile' ? addAttributes(object, record) : addEvent(object, record, receivedAt))
  if (refusal) return refusal
  return {
    array: record.type === 'profile' ? 'attributes' : 'events',
    user: userKey(identifier),
    safe: isSafeToResend(record),
    object,
  }
}

/** An attribute's name, as Braze will store it: it strips outer spaces, and two spellings must not be two values. */
const attributeName = (header: string) => header.trim()

function addAttributes(object: BrazeObject, record: ProfileRecord): Refusal | undefined {
  const attributes: BrazeObject = Object.create(null)
  for (const [header, value] of Object.entries(record.attributes ?? {}))
    attributes[attributeName(header)] = value
  for (const { audience_id, split_id, member } of record.memberships ?? []) {
    attributes[`AIQ_${audience_id}_${split_id}`] = member
  }
  const refusal = checkAttributes(attributes)
  if (refusal) return refusal
  for (const [name, value] of Object.entries(attributes)) object[name] = value
  return undefined
}

function addEvent(object: BrazeObject, record: EventRecord, receivedAt: string): Refusal | undefined {
  const { name, time = receivedAt } = record
  const properties = record.properties && renameReserved(record.properties)
  object.name = name
  object.time = time
  if (properties) object.properties = properties
  return checkEvent(name, time, properties)
}
