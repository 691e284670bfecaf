import { defineConfig } from 'vitest/config'

/**
 * A test that hangs ends after this time. It is far more than any test takes, so that a busy machine makes a
 * test slow and not red.
 */
const HANGS_AFTER_MS = 600_000

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/captured-logs.ts'],
    testTimeout: HANGS_AFTER_MS,
    hookTimeout: HANGS_AFTER_MS,
    // The test files of a worker share one process, which imports the SDK and the CDK once.
    isolate: false,
    // By itself it leaves one core of two alone.
    maxWorkers: '100%',
    // A test that runs away must not take the machine with it.
    execArgv: ['--max-old-space-size=1536'],
  },
})
