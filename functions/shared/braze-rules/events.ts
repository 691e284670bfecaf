import { type Breach, breach, firstBreach, LIMITS, nameBreach, RULES } from './rules.ts'
import { readBrazeTime } from './times.ts'

/** The names that properties must not have ("Custom event properties", "Reserved keys"). */
export const RESERVED_PROPERTIES = {
  event: ['time', 'event_name'],
  purchase: ['time', 'product_id', 'quantity', 'event_name', 'price', 'currency'],
} as const satisfies Record<string, readonly string[]>

export type Happening = keyof typeof RESERVED_PROPERTIES

const TOO_LARGE = {
  event: { bytes: LIMITS.eventPropertiesBytes, rule: RULES.eventPropertiesTooLarge },
  purchase: { bytes: LIMITS.purchasePropertiesBytes, rule: RULES.purchasePropertiesTooLarge },
}

export const timeBreach = (time: string): Breach | undefined =>
  readBrazeTime(time) === undefined ? breach(RULES.timeInvalid, 'time') : undefined

/** Checks the fields that only a purchase has. The quantity may be absent. */
export function purchaseBreach(purchase: {
  product_id: string
  currency: string
  quantity?: unknown
}): Breach | undefined {
  const { product_id, currency, quantity = 1 } = purchase
  const named = nameBreach(product_id, 'product_id')
  if (named) return named
  if (!/^[a-z]{3}$/i.test(currency)) return breach(RULES.currencyInvalid, 'currency')
  return isQuantity(quantity) ? undefined : breach(RULES.quantityInvalid, 'quantity')
}

const isQuantity = (quantity: unknown) =>
  typeof quantity === 'number' && Number.isInteger(quantity) && quantity >= 1 && quantity <= LIMITS.quantity

/** Checks how many properties there are, and their names. Braze documents no outcome for their values. */
export function propertiesBreach(type: Happening, properties: object): Breach | undefined {
  const names = Object.keys(properties)
  const reserved: readonly string[] = RESERVED_PROPERTIES[type]
  const wrong = firstBreach(names, (name) => {
    const path = `properties.${name}`
    return reserved.includes(name) ? breach(RULES.propertyReserved, path) : nameBreach(name, path)
  })
  return (
    wrong ?? (names.length > LIMITS.properties ? breach(RULES.tooManyProperties, 'properties') : undefined)
  )
}

/** @param bytes the length of the object's JSON, if it is known. Properties in a small object are small. */
export function propertiesSizeBreach(
  type: Happening,
  properties: object,
  bytes = Number.POSITIVE_INFINITY,
): Breach | undefined {
  const { bytes: most, rule } = TOO_LARGE[type]
  const isSmall = bytes <= most || Buffer.byteLength(JSON.stringify(properties)) <= most
  return isSmall ? undefined : breach(rule, 'properties')
}
