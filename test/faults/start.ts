/** 06:59:30, so that hour-aligned waits lie ahead. */
export const START = Date.parse('2026-11-20T06:59:30Z')

/** In milliseconds. */
export const MINUTE = 60_000
