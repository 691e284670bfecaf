/** Formats milliseconds since the epoch as a UTC time without the date. */
export const timeOfDay = (ms: number) => `${new Date(ms).toISOString().slice(11, 19)} UTC`
