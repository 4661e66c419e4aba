import { defineConfig } from '@playwright/test'
import { findChromium } from './chromium.ts'

// Found, or installed, once; the workers are told.
process.env.CHROMIUM = findChromium()

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  globalSetup: './start-app.ts',
  // One application and one database for all journeys: they walk one after the other.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Axe takes its time over a table of hundreds of figures, on a machine that does other things as well.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // The journeys change the world, so they come last: the others look at it as it was made.
  projects: [
    { name: 'screens', testIgnore: ['exception.spec.ts', 'journeys.spec.ts'] },
    { name: 'exception', testMatch: 'exception.spec.ts' },
    { name: 'journeys', testMatch: 'journeys.spec.ts' },
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Root, as in a container, gets no sandbox; the rest keeps the browser from calling home.
      args: [
        '--no-sandbox',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-dev-shm-usage',
      ],
    },
  },
})
