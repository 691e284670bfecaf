import type { StartProgress } from '../bin/ops/progress.ts'

/** For a test that doesn't look at it. */
export const NO_PROGRESS: StartProgress = () => ({ to: () => undefined, end: () => undefined })
