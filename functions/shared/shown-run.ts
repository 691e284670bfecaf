/** A run id that SQS takes as an attribute and a person can read in a column of the console. */
const SHOWN_RUN_ID = /^[\w.-]{1,64}$/

/** @returns the run that all of them name, if it can be shown beside a letter. */
export function shownRun(runs: Iterable<string | undefined>): string | undefined {
  const [run, ...others] = new Set(runs)
  return run !== undefined && others.length === 0 && SHOWN_RUN_ID.test(run) ? run : undefined
}
