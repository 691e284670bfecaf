import type { StartProgress } from '../bin/ops/progress.ts'

/** For tests that don't look at the progress. */
export const NO_PROGRESS: StartProgress = () => ({ to: () => undefined, end: () => undefined })
