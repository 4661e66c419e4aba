import { defineConfig } from 'vitest/config'

/** Tests in these folders work on a real PostgreSQL, each file on a database of its own: db/testing. */
const ON_DATABASE = [
  '{db/load,db/queries,db/seed,db/testing,server/services,server/cli,jobs}/**/*.test.ts',
  'app/figures.test.ts',
  'app/four-eyes.test.ts',
  'db/array-types.test.ts',
  'db/lost-transactions.test.ts',
  'db/migrate.test.ts',
]

// Apart from vite.config.ts, because the Remix plugin there must not run in tests.
export default defineConfig({
  test: {
    // To end what hangs, not to measure: a machine with other things to do takes several times as long as a quiet one.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // What files share is loaded once for each worker: of the processor time of all tests a third was spent on loading it again.
    isolate: false,
    setupFiles: ['checks/property-seed.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'plain', include: ['{app,server,db,jobs,checks,e2e}/**/*.test.{ts,tsx}'], exclude: ON_DATABASE },
      },
      { extends: true, test: { name: 'database', include: ON_DATABASE, globalSetup: 'db/testing/global-setup.ts' } },
    ],
  },
})
