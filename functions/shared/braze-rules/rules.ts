/**
 * Braze's rules for what `/users/track` accepts. The worker checks them before it calls Braze, and the
 * simulator applies them, so that the two cannot disagree. Each rule names its source: a page of Braze's
 * documentation as of November 2026, or a recorded answer. What no source rules out is accepted.
 */

/** The limits that the rules below apply. A limit for characters counts an emoji as one. */
export const LIMITS = {
  /** "User track", "Endpoint-specific errors", EXTERNAL_USER_ID_TOO_LARGE. */
  externalIdBytes: 987,
  /** "Event object", "Event properties object". The Web SDK's reference limits attributes and events alike. */
  nameCharacters: 255,
  /** "Custom attribute data types", "Strings". "Nested custom attributes" has the same limit. */
  stringCharacters: 255,
  /** "Custom attribute data types", "Arrays". This is the default; an attribute can have another limit. */
  arrayElements: 500,
  /**
   * "Custom attribute data types", "Arrays"; "Array of objects" and "Nested custom attributes",
   * "Considerations".
   */
  attributeBytes: 100 * 1024,
  /** "Custom event properties": 256 distinct ones for each custom event or purchase. */
  properties: 256,
  /** "Event object": 100 KB. */
  eventPropertiesBytes: 102_400,
  /** "Purchase object": 50 KB. */
  purchasePropertiesBytes: 50 * 1024,
  /** "Purchase object": the default is 1, and 100 is the maximum. */
  quantity: 100,
  /** "Nested custom attributes", "Capturing dates as object properties". */
  year: 3000,
} as const

/** What Braze does with an object that breaks a rule. */
export type Effect =
  /** It rejects the object with an error. */
  | 'rejects'
  /** It reports success and ignores the attribute. What was stored before stays. */
  | 'drops'
  /** It stores the value without a part of it. */
  | 'cuts'

export type Rule = {
  effect: Effect
  /** A clause for people who read a dead letter. */
  words: string
  /** Braze's own words for the error, where they are recorded or documented. */
  answer?: string
}

export const RULES = {
  /** The words are from a live answer of `/users/track/bulk` that RudderStack's tests contain. */
  externalIdTooLong: {
    effect: 'rejects',
    words: `an external_id has at most ${LIMITS.externalIdBytes} bytes`,
    answer: "'external_id' must be fewer than 988 bytes",
  },

  // The sources of the three rules for names are "Event object", "Event properties object", for properties, and
  // the Web SDK's reference (`setCustomUserAttribute`, `logCustomEvent`, `logPurchase`) for attributes, events
  // and products. The outcome is documented for none of them.
  nameEmpty: { effect: 'rejects', words: 'the name is empty' },
  nameWithDollar: { effect: 'rejects', words: 'a name must not begin with $' },
  nameTooLong: { effect: 'rejects', words: `a name has at most ${LIMITS.nameCharacters} characters` },

  /** "Custom attribute data types", "Strings". The outcome is not documented. */
  stringTooLong: { effect: 'rejects', words: `a string has at most ${LIMITS.stringCharacters} characters` },
  /** "User attributes object": integers may be incremented by integers. The outcome is not documented. */
  incrementNotWhole: { effect: 'rejects', words: 'inc must be a whole number' },
  /** "Custom attribute data types", "Arrays": the first elements are removed. */
  arrayTooLong: {
    effect: 'cuts',
    words: `Braze keeps only the last ${LIMITS.arrayElements} elements of an array without objects`,
  },
  /** "Array of objects" and "Nested custom attributes", "Considerations": the attribute stays unchanged. */
  valueTooLarge: {
    effect: 'drops',
    words: `an object or an array has at most ${LIMITS.attributeBytes} bytes`,
  },

  // A single invalid value inside an attribute makes Braze ignore all of that attribute ("User track", "How does
  // /users/track handle invalid nested custom attributes?"). What is invalid is in "Nested custom attributes",
  // "Considerations".
  nestedNull: { effect: 'drops', words: 'an object and the arrays in it must not contain null' },
  nestedStringTooLong: {
    effect: 'drops',
    words: `a string has at most ${LIMITS.stringCharacters} characters`,
  },
  nestedKeyTooLong: {
    effect: 'drops',
    words: `a key of an object has at most ${LIMITS.nameCharacters} characters`,
  },
  nestedKeyWithSpace: { effect: 'drops', words: 'a key of an object must not contain spaces' },
  /** The exceptions are `$time`, and `$add`, `$update` and `$remove` with their own keys ("Array of objects"). */
  nestedKeyWithSign: {
    effect: 'drops',
    words: "a key of an object must not contain '.' or '$' unless it is one of Braze's operators",
  },
  /** "Nested custom attributes", "Capturing dates as object properties". */
  nestedTimeInvalid: {
    effect: 'drops',
    words: `$time must be a date or a time in a format that Braze documents, up to the year ${LIMITS.year}`,
  },

  /** "Event object" and "Purchase object": ISO 8601, or the form with a colon before the milliseconds. */
  timeInvalid: { effect: 'rejects', words: 'the time is not ISO 8601' },
  /** "Custom event properties", "Reserved keys". */
  propertyReserved: {
    effect: 'rejects',
    words: 'Braze reserves this property name',
    answer: "Invalid 'properties' field",
  },
  /** "Custom event properties": only the first 256 are captured. */
  tooManyProperties: {
    effect: 'cuts',
    words: `Braze keeps only the first ${LIMITS.properties} properties`,
  },
  /** "Event object": the outcome is not documented. */
  eventPropertiesTooLarge: {
    effect: 'rejects',
    words: `the properties are larger than ${LIMITS.eventPropertiesBytes} bytes`,
  },
  /** "Purchase object": the outcome is not documented. */
  purchasePropertiesTooLarge: {
    effect: 'rejects',
    words: `the properties are larger than ${LIMITS.purchasePropertiesBytes} bytes`,
  },
  /** "Purchase object". */
  currencyInvalid: { effect: 'rejects', words: 'the currency is not a three-letter code of ISO 4217' },
  /** "Purchase object"; the words are from an answer that RudderStack's tests contain. */
  quantityInvalid: {
    effect: 'rejects',
    words: `the quantity is not a whole number from 1 to ${LIMITS.quantity}`,
    answer: "'quantity' is not valid",
  },
} as const satisfies Record<string, Rule>

/** A broken rule. */
export type Breach = Rule & {
  /** Where, from the attribute or the event down: `address.zip`, `pets[2].name`. Empty for the whole of it. */
  path: string
}

export const breach = (rule: Rule, path = ''): Breach => ({ ...rule, path })

/** @returns the first broken rule that the check finds, or undefined. */
export function firstBreach<Item>(
  items: Iterable<Item>,
  check: (item: Item) => Breach | undefined,
): Breach | undefined {
  for (const item of items) {
    const found = check(item)
    if (found) return found
  }
  return undefined
}

/** Counts characters as a person does: an emoji is one, although it takes two code units. */
export const isLonger = (text: string, characters: number) =>
  text.length > characters && [...text].length > characters

/** Checks the name of an attribute, an event, a product or a property. */
export function nameBreach(name: string, path = ''): Breach | undefined {
  if (name === '') return breach(RULES.nameEmpty, path)
  if (name.startsWith('$')) return breach(RULES.nameWithDollar, path)
  if (isLonger(name, LIMITS.nameCharacters)) return breach(RULES.nameTooLong, path)
  return undefined
}

export const externalIdBreach = (id: string): Breach | undefined =>
  Buffer.byteLength(id) > LIMITS.externalIdBytes ? breach(RULES.externalIdTooLong) : undefined
