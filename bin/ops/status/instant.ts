/** Formats milliseconds since the epoch in UTC, as logs and the AWS console do: `2026-01-05 10:00:00 UTC`. */
export const instant = (at: number) => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
