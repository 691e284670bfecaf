import { randomBelow } from './random.ts'

/** Attributes of a profile, by name. */
export type Attributes = Record<string, unknown>

export type Activation = {
  /** Bodies of requests, to be sent one after the other. */
  requests: { rows: object[] }[]
  /** What Braze must hold in the end, by external id: of each attribute the value that was sent last. */
  model: Map<string, Attributes>
}

const ROWS_PER_REQUEST = 1_000

/** So often a person is named on average, so that a later value has an earlier one to overtake. */
const ROWS_PER_USER = 5

/** A tenth of the rows are of these few, who stand in many requests, and several times in most of them. */
const HOT_USERS = 20
const HOT_SHARE = 0.1

/**
 * An activation: each row moves a person into an audience or out of it and sets a tier, which later rows overwrite, and
 * leaves an attribute of its own, which none does. So the final state shows of every single row that it arrived.
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
