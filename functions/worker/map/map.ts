import { asciiJson } from '../../shared/ascii-json.ts'
import { RESERVED_PROPERTIES } from '../../shared/braze-rules/events.ts'
import type { ParkReason } from '../../shared/dead-letter.ts'
import { flagAttribute } from '../../shared/flags.ts'
import { setKey } from '../../shared/json.ts'
import { type Message, readMessage } from '../../shared/message.ts'
import {
  type BridgeRecord,
  type EventRecord,
  type Identifier,
  identifierOf,
  isSafeToResend,
  type Membership,
  type ProfileRecord,
  type PurchaseRecord,
  userKey,
} from '../../shared/record.ts'
import type { ReceivedMessage } from '../invocation.ts'
import { attributeRefused, NO_IDENTIFIER, unreadableMessage } from '../park-reasons.ts'
import { checkAttribute, checkEvent, checkIdentifier, checkPurchase, checkSize } from './check.ts'
import { type BrazeObject, hasValues, joined, type Mapped, type Withheld } from './mapped.ts'

/** A pending record of a message, as it goes to Braze. */
export type PendingRecord = { messageId: string; index: number; mapped: Mapped }

/** A message whose body was parsed and whose records were mapped. */
export type ParsedMessage = ReceivedMessage & {
  message: Message
  /** How many records it holds. */
  size: number
  /** The records that can be sent to Braze, in order. */
  pending: readonly PendingRecord[]
  /** The records that Braze would reject or drop. */
  rejected: readonly { messageId: string; index: number; reason: ParkReason }[]
  /** Whether all these records may be merged and sent twice. */
  safe: boolean
}

export type ReadBody =
  | { kind: 'ready'; message: ParsedMessage }
  /** The receiver did not write the message, so it is parked unchanged. */
  | { kind: 'park'; reason: ParkReason }
  /** A newer deployment wrote the message, so it stays in its queue. */
  | { kind: 'hold' }

/** Parses a message's body and maps its records to what Braze accepts. */
export function parseMessage(received: ReceivedMessage): ReadBody {
  const read = readMessage(received.body)
  if (read.kind === 'unknown version') return { kind: 'hold' }
  if (read.kind === 'unreadable') return { kind: 'park', reason: unreadableMessage(read.where) }
  const { messageId } = received
  const { message } = read
  const pending: PendingRecord[] = []
  const rejected: { messageId: string; index: number; reason: ParkReason }[] = []
  message.records.forEach((record, index) => {
    const mapped = map(record, message.receivedAt)
    if ('code' in mapped) rejected.push({ messageId, index, reason: mapped })
    else pending.push({ messageId, index, mapped })
  })
  const safe = pending.every(({ mapped }) => mapped.safe)
  const size = message.records.length
  return { kind: 'ready', message: { ...received, message, size, pending, rejected, safe } }
}

/**
 * Maps a record to the object that Braze accepts. Attributes that Braze would reject or silently drop are
 * withheld from it.
 * @param receivedAt ISO 8601: the time of an event that names none itself.
 * @returns why Braze would reject the record, if nothing of it can be delivered.
 */
export function map(record: BridgeRecord, receivedAt: string): Mapped | ParkReason {
  const identifier = identifierOf(record)
  if (!identifier) return NO_IDENTIFIER
  const tooLong = checkIdentifier(identifier)
  if (tooLong) return tooLong
  const { object, withheld, reason } = toObject(identifier, record, receivedAt)
  if (reason) return reason
  const mapped = {
    array: ARRAYS[record.type],
    user: userKey(identifier),
    safe: isSafeToResend(record),
    object,
    ...(withheld && { withheld }),
  }
  if (record.type === 'profile') return mapped
  const json = asciiJson(object)
  return checkSize(record, json) ?? { ...mapped, json }
}

const ARRAYS = { profile: 'attributes', event: 'events', purchase: 'purchases' } as const

type Made =
  | { object: BrazeObject; withheld?: Withheld; reason?: undefined }
  | { object?: never; withheld?: never; reason: ParkReason }

function toObject(identifier: Identifier, record: BridgeRecord, receivedAt: string): Made {
  switch (record.type) {
    case 'profile':
      return attributesObject(identifier, record)
    case 'event':
      return eventObject(identifier, record, receivedAt)
    case 'purchase':
      return purchaseObject(identifier, record)
  }
}

function attributesObject(identifier: Identifier, record: ProfileRecord): Made {
  const { attributes = {}, memberships = [] } = record
  const flags = memberships.map((membership) => [flagAttribute(membership), flagValue(membership)] as const)
  for (const [name, value] of flags) {
    const reason = checkAttribute(name, value)
    if (reason) return { reason }
  }
  const bad = badAttributes(attributes, identifier, new Set(flags.map(([name]) => name)))
  // With a spread, too, an attribute named `__proto__` is ordinary data.
  const object: BrazeObject = { ...identifier }
  for (const header of Object.keys(attributes)) {
    const name = header.trim()
    if (!bad?.fields.includes(name)) setKey(object, name, attributes[header])
  }
  for (const [name, value] of flags) setKey(object, name, value)
  if (!bad) return { object }
  const { fields: _all, ...reason } = bad
  return hasValues(object) ? { object, withheld: bad } : { reason }
}

const TWO_VALUES = {
  effect: 'rejects',
  words: 'two columns write it, with different values',
  path: '',
} as const

/**
 * Finds the attributes that Braze would reject or silently drop, and those that would name another person.
 * @param flags the names that memberships write. An attribute of such a name is overwritten.
 */
function badAttributes(
  attributes: BrazeObject,
  identifier: Identifier,
  flags: ReadonlySet<string>,
): Withheld | undefined {
  const clashing = clashingNames(attributes)
  let bad: Withheld | undefined
  for (const header of Object.keys(attributes)) {
    const name = header.trim()
    if (flags.has(name) || bad?.fields.includes(name)) continue
    const value = attributes[header]
    const reason =
      clashing.has(name) || namesAnother(identifier, name, value)
        ? attributeRefused(name, TWO_VALUES)
        : checkAttribute(name, value)
    if (!reason) continue
    const withheld = { ...reason, fields: [name] }
    bad = bad ? joined(bad, withheld) : withheld
  }
  return bad
}

/** Whether an attribute, such as ` email`, would replace the e-mail address or telephone number that identifies. */
const namesAnother = (identifier: BrazeObject, name: string, value: unknown) =>
  Object.hasOwn(identifier, name) && JSON.stringify(identifier[name]) !== JSON.stringify(value)

/** Braze strips outer spaces from a name, and two spellings of one name must not have two values. */
function clashingNames(attributes: BrazeObject): ReadonlySet<string> {
  const clashing = new Set<string>()
  const headers = Object.keys(attributes)
  if (headers.every((header) => header === header.trim())) return clashing
  const values = new Map<string, string>()
  for (const header of headers) {
    const value = JSON.stringify(attributes[header])
    const before = values.get(header.trim())
    if (before !== undefined && before !== value) clashing.add(header.trim())
    values.set(header.trim(), value)
  }
  return clashing
}

const flagValue = ({ member, leave }: Membership) => (!member && leave === 'null' ? null : member)

function eventObject(identifier: Identifier, record: EventRecord, receivedAt: string): Made {
  const { name, time = receivedAt, fields } = record
  const properties = record.properties && renameReserved(record.properties, RESERVED_PROPERTIES.event)
  const reason = checkEvent(name, time, properties)
  if (reason) return { reason }
  return { object: { ...identifier, ...fields, name, time, ...(properties && { properties }) } }
}

function purchaseObject(identifier: Identifier, record: PurchaseRecord): Made {
  const { product_id, currency, price, time, quantity, fields } = record
  const properties = record.properties && renameReserved(record.properties, RESERVED_PROPERTIES.purchase)
  const reason = checkPurchase(record, properties)
  if (reason) return { reason }
  const bought = { product_id, currency, price, time, ...(quantity !== undefined && { quantity }) }
  return { object: { ...identifier, ...fields, ...bought, ...(properties && { properties }) } }
}

/**
 * Is appended until the name is free: `time` becomes `time_`, or `time__` if there is a `time_` already.
 */
const RENAMED_SUFFIX = '_'

type Properties = { [name: string]: unknown }

/** Renames the properties whose names Braze reserves. The others are passed on unchanged. */
function renameReserved(properties: Properties, reserved: readonly string[]): Properties {
  if (!reserved.some((name) => Object.hasOwn(properties, name))) return properties
  const renamed: Properties = Object.create(null)
  for (const [name, value] of Object.entries(properties)) {
    let free = name
    while (reserved.includes(free) || (free !== name && Object.hasOwn(properties, free)))
      free += RENAMED_SUFFIX
    renamed[free] = value
  }
  return renamed
}
