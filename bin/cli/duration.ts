const MS = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** @returns the duration in milliseconds for `90m`, `24h` or `3d`; undefined for any other text. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (amount === undefined || (unit !== 'm' && unit !== 'h' && unit !== 'd')) return undefined
  return Number(amount) * MS[unit]
}

const SECOND_MS = 1_000

/** @returns a duration in its two largest units, as in `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < MS.m) return `${Math.floor(ms / SECOND_MS)} s`
  if (ms < MS.h) return `${Math.floor(ms / MS.m)} min`
  if (ms < MS.d) return `${Math.floor(ms / MS.h)} h ${Math.floor((ms % MS.h) / MS.m)} min`
  return `${Math.floor(ms / MS.d)} d ${Math.floor((ms % MS.d) / MS.h)} h`
}

/** @returns a duration in the largest unit that divides it without a remainder, as in `36 hours`. */
export function durationInWords(ms: number): string {
  const fits = (unit: number) => ms > 0 && ms % unit === 0
  const [unit, name] = fits(MS.d) ? [MS.d, 'day'] : fits(MS.h) ? [MS.h, 'hour'] : [MS.m, 'minute']
  const amount = ms / unit
  return `${amount} ${name}${amount === 1 ? '' : 's'}`
}
