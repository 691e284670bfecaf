/** Formats milliseconds since the epoch for people, in UTC: `2026-01-05T10:00:00Z`. */
export const formatTime = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`
