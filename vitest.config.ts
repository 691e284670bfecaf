import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/captured-logs.ts'],
    testTimeout: 30_000,
    // By itself it leaves one core of two alone.
    maxWorkers: '100%',
    // A test that runs away must not take the machine with it.
    execArgv: ['--max-old-space-size=1536'],
  },
})
