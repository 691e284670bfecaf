import { asciiJson } from '../shared/ascii-json.ts'
import type { Refusal } from '../shared/failure.ts'
import { identifierOf, userKey } from '../shared/identifier.ts'
import {
  type BridgeRecord,
  type EventRecord,
  flagOf,
  isSafeToResend,
  type Membership,
  type ProfileRecord,
  type PurchaseRecord,
} from '../shared/record.ts'
import { setKey } from '../shared/set-key.ts'
import { checkAttribute, checkEvent, checkIdentifier, checkPurchase, checkSize } from './check.ts'
import { attributeRefused, NO_IDENTIFIER } from './refusals.ts'
import { renameReserved } from './rename-reserved.ts'

/** Braze's three arrays of /users/track. */
export type ArrayName = 'attributes' | 'events' | 'purchases'

/** Its keys are set by `setKey`, so that an attribute named `__proto__` is data like any other. */
export type BrazeObject = { [field: string]: unknown }

/** A record as Braze takes it. */
export type Mapped = {
  array: ArrayName
  /** Equal for the same person only. */
  user: string
  /** May be merged with its neighbours and sent twice. */
  safe: boolean
  object: BrazeObject
  /** ASCII JSON of the object, where it is known already. */
  json?: string
}

/**
 * Maps a record to the object Braze takes, or says why Braze would refuse or silently drop it.
 * @param receivedAt ISO 8601: the time of an event that tells none.
 */
export function map(record: BridgeRecord, receivedAt: string): Mapped | Refusal {
  const identifier = identifierOf(record)
  if (!identifier) return NO_IDENTIFIER
  const object: BrazeObject = { ...identifier }
  const refusal = checkIdentifier(identifier) ?? addContent(object, record, receivedAt)
  if (refusal) return refusal
  const mapped = {
    array: ARRAYS[record.type],
    user: userKey(identifier),
    safe: isSafeToResend(record),
    object,
  }
  if (record.type === 'profile') return mapped
  const json = asciiJson(object)
  return checkSize(record, json) ?? { ...mapped, json }
}

const ARRAYS = { profile: 'attributes', event: 'events', purchase: 'purchases' } as const

function addContent(object: BrazeObject, record: BridgeRecord, receivedAt: string): Refusal | undefined {
  switch (record.type) {
    case 'profile':
      return addAttributes(object, record)
    case 'event':
      return addEvent(object, record, receivedAt)
    case 'purchase':
      return addPurchase(object, record)
  }
}

function addAttributes(object: BrazeObject, record: ProfileRecord): Refusal | undefined {
  const { attributes = {}, memberships = [] } = record
  const named = asStored(attributes)
  if (named.refusal) return named.refusal
  const flags = memberships.map(flagOf)
  for (const name of Object.keys(named.attributes)) {
    const refusal = flags.includes(name) ? undefined : add(object, name, named.attributes[name])
    if (refusal) return refusal
  }
  for (const [index, membership] of memberships.entries()) {
    const refusal = add(object, flags[index] ?? '', flagValue(membership))
    if (refusal) return refusal
  }
  return undefined
}

function add(object: BrazeObject, name: string, value: unknown): Refusal | undefined {
  const refusal = checkAttribute(name, value)
  if (!refusal) setKey(object, name, value)
  return refusal
}

type Stored = { attributes: BrazeObject; refusal?: never } | { refusal: Refusal }

/** Attributes as Braze will name them: it strips outer spaces, and two spellings must not be two values. */
function asStored(attributes: BrazeObject): Stored {
  if (Object.keys(attributes).every((header) => header === header.trim())) return { attributes }
  const stored: BrazeObject = {}
  for (const [header, value] of Object.entries(attributes)) {
    const name = header.trim()
    if (Object.hasOwn(stored, name) && JSON.stringify(stored[name]) !== JSON.stringify(value))
      return { refusal: attributeRefused(name, 'two columns write it, with different values') }
    setKey(stored, name, value)
  }
  return { attributes: stored }
}

const flagValue = ({ member, leave }: Membership) => (!member && leave === 'null' ? null : member)

function addEvent(object: BrazeObject, record: EventRecord, receivedAt: string): Refusal | undefined {
  const { name, time = receivedAt, fields } = record
  const properties = record.properties && renameReserved(record.properties)
  Object.assign(object, fields, { name, time })
  if (properties) object.properties = properties
  return checkEvent(name, time, properties)
}

function addPurchase(object: BrazeObject, record: PurchaseRecord): Refusal | undefined {
  const { product_id, currency, price, time, quantity, fields } = record
  const { properties } = record
  Object.assign(object, fields, { product_id, currency, price, time })
  if (quantity !== undefined) object.quantity = quantity
  if (properties) object.properties = properties
  return checkPurchase(product_id, time, properties)
}
