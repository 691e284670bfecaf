/**
 * An error's name and the places it came through, without its message: that may quote what was sent.
 */
export function traceOf(error: unknown): { error: string; trace: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, trace: [] }
  const places = (error.stack ?? '').replace(error.message, '').split('\n')
  return { error: error.name, trace: places.filter((line) => PLACE.test(line)).map((line) => line.trim()) }
}

/** A line of a stack that names a file, line and column. */
const PLACE = /^ +at .*:\d+:\d+\)?$/
