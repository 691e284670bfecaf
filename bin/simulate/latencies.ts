/** Each bucket is 1 % wide, which bounds the error of a latency. */
const PRECISION = Math.log(1.01)

/** Counts how long messages took, in milliseconds. It needs a few kilobytes for any number of messages. */
export function createLatencies() {
  let counts: number[] = []
  let total = 0
  return {
    add: (ms: number): void => {
      const bucket = Math.round(Math.log(Math.max(1, ms)) / PRECISION)
      counts[bucket] = (counts[bucket] ?? 0) + 1
      total += 1
    },
    /** A quantile of the latencies since the last `reset`, in milliseconds; undefined if there were none. */
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
