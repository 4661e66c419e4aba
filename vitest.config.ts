import { defineConfig } from 'vitest/config'

// Apart from vite.config.ts, because the Remix plugin there must not run in tests.
export default defineConfig({
  test: {
    include: ['{app,server,db,jobs}/**/*.test.{ts,tsx}'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
