const ROWS = 100_000
const MEASURES = 5

const text = JSON.stringify(
  Array.from({ length: ROWS }, (_, n) => ({ external_id: `user-${n}`, tier: 'gold', n })),
)

/**
 * The CPU time that this machine needs at this moment to parse and write 100,000 small rows, in milliseconds.
 * Tests compare against it because the same work can take twice as long on another machine, or on the same
 * one an hour later.
 */
export function cpuBaselineMs(): number {
  const measured = Array.from({ length: MEASURES }, () => {
    const before = process.cpuUsage()
    JSON.stringify(JSON.parse(text))
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
  return measured.sort((a, b) => a - b)[Math.floor(MEASURES / 2)] ?? Number.NaN
}
