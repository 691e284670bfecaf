/** Formats a count with its noun, as in `1 record` and `2 records`. */
export const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
