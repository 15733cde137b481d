import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most of the time a test waits for other processes: two files at a time, also where there are two processors.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A limit only so that a hung peer ends the run; no test measures time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 110_000 } },
  },
})
