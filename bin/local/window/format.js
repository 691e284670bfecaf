const whole = new Intl.NumberFormat('en')

/** @param {number} count */
export const number = (count) => whole.format(count)

/**
 * @param {number} count
 * @param {string} one
 */
export const plural = (count, one) => `${number(count)} ${one}${count === 1 ? '' : 's'}`

/** @param {number} at milliseconds since the epoch */
export const clock = (at) => new Date(at).toTimeString().slice(0, 8)

/**
 * Uses the Swedish locale, which writes dates as in ISO 8601.
 * @param {number} at milliseconds since the epoch
 */
export const dayAndClock = (at) => new Date(at).toLocaleString('sv')

const UNITS = /** @type {const} */ ([
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
])

/** @param {number} ms */
export function age(ms) {
  const [size, unit] = UNITS.find(([size]) => ms >= size) ?? [1_000, 's']
  return `${Math.max(0, Math.floor(ms / size))} ${unit}`
}

/**
 * Formats a JSON value on one line.
 * @param {unknown} value
 */
export const inline = (value) => (typeof value === 'string' ? value : JSON.stringify(value))
