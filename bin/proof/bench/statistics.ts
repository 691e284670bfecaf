/** @param share 0.5 for the median, 0.99 for the value that one in a hundred exceeds. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]) => quantile(values, 0.5)

/**
 * The mean without the lowest and the highest tenth. Something that slows down only some runs changes it in
 * proportion to the number of these runs.
 */
export function middleMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 10)
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut)
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}

/** The CPU time that this process has used so far, in milliseconds. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
