import {
  type Happening,
  propertiesBreach,
  propertiesSizeBreach,
  purchaseBreach,
  timeBreach,
} from '../../shared/braze-rules/events.ts'
import { type Breach, externalIdBreach, nameBreach } from '../../shared/braze-rules/rules.ts'
import { attributeBreach } from '../../shared/braze-rules/values.ts'
import type { ParkReason } from '../../shared/dead-letter.ts'
import { IDENTIFYING_FIELDS } from '../../shared/directives.ts'
import { DEFAULT_FLAG_NAME, isFlagBy, isFlagValue } from '../../shared/flags.ts'
import type { EventRecord, Identifier, PurchaseRecord } from '../../shared/record.ts'
import { STANDARD_FIELDS, standardFieldRule } from '../../shared/standard-fields.ts'
import {
  attributeRefused,
  EXTERNAL_ID_TOO_LONG,
  eventRefused,
  flagNotBoolean,
  purchaseRefused,
} from '../park-reasons.ts'

const SECOND_IDENTIFIER: Breach = {
  effect: 'rejects',
  words: 'the name is an identifier, and an object may have one only',
  path: '',
}

/**
 * Only flags with the default name are checked here. The receiver checks flags that a connection names
 * itself.
 */
const isAudienceFlag = isFlagBy(DEFAULT_FLAG_NAME)

export function checkIdentifier(identifier: Identifier): ParkReason | undefined {
  const tooLong = 'external_id' in identifier && externalIdBreach(identifier.external_id)
  return tooLong ? EXTERNAL_ID_TOO_LONG : undefined
}

/** @returns why Braze would reject, ignore or cut the attribute; undefined if it would store it as it is. */
export function checkAttribute(name: string, value: unknown): ParkReason | undefined {
  if (!isFlagValue(value) && isAudienceFlag(name)) return flagNotBoolean(name)
  const found = breachOf(name, value)
  return found && attributeRefused(name, found)
}

function breachOf(name: string, value: unknown): Breach | undefined {
  if (IDENTIFYING_FIELDS.includes(name)) return SECOND_IDENTIFIER
  if (!STANDARD_FIELDS.has(name)) return attributeBreach(name, value)
  const words = standardFieldRule(name, value)
  return words === undefined ? undefined : { effect: 'rejects', words, path: '' }
}

/** @param time ISO 8601. */
export function checkEvent(
  name: string,
  time: string,
  properties: object | undefined,
): ParkReason | undefined {
  const found = nameBreach(name, 'name') ?? timeBreach(time) ?? propertiesBreach('event', properties ?? {})
  return found && eventRefused(found)
}

type Purchase = Pick<PurchaseRecord, 'product_id' | 'currency' | 'quantity' | 'time'>

export function checkPurchase(purchase: Purchase, properties: object | undefined): ParkReason | undefined {
  const found =
    purchaseBreach(purchase) ?? timeBreach(purchase.time) ?? propertiesBreach('purchase', properties ?? {})
  return found && purchaseRefused(found)
}

const REFUSED = { event: eventRefused, purchase: purchaseRefused } satisfies Record<Happening, unknown>

/** @param json ASCII JSON of the whole object. If it is small enough, its properties are too. */
export function checkSize(
  { type, properties }: Pick<EventRecord | PurchaseRecord, 'type' | 'properties'>,
  json: string,
): ParkReason | undefined {
  const found = propertiesSizeBreach(type, properties ?? {}, json.length)
  return found && REFUSED[type](found)
}
