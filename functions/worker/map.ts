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
import { checkAttributes, checkEvent, checkIdentifier, checkPurchase } from './check.ts'
import { attributeRefused, NO_IDENTIFIER } from './refusals.ts'
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

/**
 * Maps a record to the object Braze takes, or says why Braze would refuse or silently drop it.
 * @param receivedAt ISO 8601: the time of an event that tells none.
 */
export function map(record: BridgeRecord, receivedAt: string): Mapped | Refusal {
  const identifier = identifierOf(record)
  if (!identifier) return NO_IDENTIFIER
  const object: BrazeObject = Object.assign(Object.create(null), identifier)
  const refusal = checkIdentifier(identifier) ?? addContent(object, record, receivedAt)
  if (refusal) return refusal
  return {
    array: ARRAYS[record.type],
    user: userKey(identifier),
    safe: isSafeToResend(record),
    object,
  }
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

/** An attribute's name, as Braze will store it: it strips outer spaces, and two spellings must not be two values. */
const attributeName = (header: string) => header.trim()

function addAttributes(object: BrazeObject, record: ProfileRecord): Refusal | undefined {
  const attributes: BrazeObject = Object.create(null)
  for (const [header, value] of Object.entries(record.attributes ?? {})) {
    const name = attributeName(header)
    if (name in attributes && JSON.stringify(attributes[name]) !== JSON.stringify(value))
      return attributeRefused(name, 'two columns write it, with different values')
    attributes[name] = value
  }
  for (const membership of record.memberships ?? []) attributes[flagOf(membership)] = flagValue(membership)
  const refusal = checkAttributes(attributes)
  if (refusal) return refusal
  for (const [name, value] of Object.entries(attributes)) object[name] = value
  return undefined
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
