/**
 * An id that a sender chose, as SQS takes it for an attribute and a person can read it in a column of the console. What
 * does not look like one may be anything, and is shown nowhere.
 */
export const SHOWN_ID = /^[\w.-]{1,64}$/

/** @returns the run that all of them name, if it can be shown beside a letter. */
export function shownRun(runs: Iterable<string | undefined>): string | undefined {
  const [run, ...others] = new Set(runs)
  return run !== undefined && others.length === 0 && SHOWN_ID.test(run) ? run : undefined
}
