/** Formats a number for people, as in `1,204`. */
export const formatCount = (count: number) => count.toLocaleString('en')

/** Formats a count with its noun, as in `1 record`, `1,204 records` and `2 dead letters`. */
export const plural = (count: number, one: string, many = `${one}s`) =>
  `${formatCount(count)} ${count === 1 ? one : many}`
