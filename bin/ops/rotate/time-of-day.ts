/** Milliseconds since the epoch as a time of this day, for a person. */
export const timeOfDay = (ms: number) => `${new Date(ms).toISOString().slice(11, 19)} UTC`
