import { randomBelow } from './random.ts'

/** The attributes of a profile, by name. */
export type Attributes = Record<string, unknown>

export type Activation = {
  /** The bodies of the requests, which must be sent one after the other. */
  requests: { rows: object[] }[]
  /** The expected final profiles by external id. Each attribute has the value that was sent last. */
  model: Map<string, Attributes>
}

const ROWS_PER_REQUEST = 1_000

/**
 * The mean number of rows for each person. With several rows, a later value could be overwritten by an
 * earlier one.
 */
const ROWS_PER_USER = 5

/**
 * A tenth of the rows belong to these few people, who are in many requests, and several times in most of
 * them.
 */
const HOT_USERS = 20
const HOT_SHARE = 0.1

/**
 * Generates an activation. Each row moves a person into an audience or out of it, sets a tier that later rows
 * overwrite, and sets an attribute that no other row overwrites. The final state therefore shows whether each
 * single row arrived.
 */
export function generateActivation(rows: number, random: () => number): Activation {
  const model = new Map<string, Attributes>()
  const timesNamed = new Map<string, number>()
  const users = Math.max(1, Math.ceil(rows / ROWS_PER_USER))
  const generated = Array.from({ length: rows }, (_, n) => {
    const external_id =
      random() < HOT_SHARE
        ? `fixture-hot-${randomBelow(HOT_USERS, random)}`
        : `fixture-u${randomBelow(users, random)}`
    const times = timesNamed.get(external_id) ?? 0
    timesNamed.set(external_id, times + 1)
    const isMember = random() < 0.5
    const attributes = { tier: `fixture-tier-${n}`, [`row_${times}`]: n }
    model.set(external_id, { ...model.get(external_id), ...attributes, AIQ_7731_2: isMember })
    return {
      external_id,
      audience_id: '7731',
      split_id: '2',
      op: isMember ? 'enter' : 'leave',
      ...attributes,
    }
  })
  return { requests: chunks(generated, ROWS_PER_REQUEST).map((chunk) => ({ rows: chunk })), model }
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
