/** Latencies are told to one in a hundred. */
const PRECISION = Math.log(1.01)

/** How long messages took, in milliseconds, in a few kilobytes however many there are. */
export function createLatencies() {
  let counts: number[] = []
  let total = 0
  return {
    add: (ms: number): void => {
      const bucket = Math.round(Math.log(Math.max(1, ms)) / PRECISION)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      total += 1
    },
    /** Of those since the last `reset`; undefined without any. */
    quantile: (share: number): number | undefined => {
      let left = Math.floor(total * share)
      for (const [bucket, count = 0] of counts.entries()) {
        if (count > left) return Math.exp(bucket * PRECISION)
        left -= count
      }
      return undefined
    },
    reset: (): void => {
      counts = []
      total = 0
    },
  }
}
export type Latencies = ReturnType<typeof createLatencies>
