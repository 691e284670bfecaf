/** The start is 30 seconds before a full hour, so that runs meet waits that end on the hour. */
export const START = Date.parse('2026-11-20T06:59:30Z')

/** In milliseconds. */
export const MINUTE = 60_000
