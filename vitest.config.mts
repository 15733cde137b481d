import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // A limit only so that a hung peer ends the run; no test measures time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
