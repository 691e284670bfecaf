import type { StartProgress } from '../bin/cli/progress.ts'

/** For tests that don't look at the progress. */
export const NO_PROGRESS: StartProgress = () => ({ to: () => undefined, end: () => undefined })
