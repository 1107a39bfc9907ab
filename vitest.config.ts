import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Named, because the default changes with the environment; this one always ends with counts.
    reporters: ['default'],
    projects: [
      { test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'] } },
      // Whole processes and sockets: the one place where a test may take long.
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
})
