import { defineConfig } from '@playwright/test'
import { findChromium } from './chromium.ts'

// Found, or installed, once; the workers are told.
process.env.CHROMIUM = findChromium()

const DOOR = 'first-load.spec.ts'
const PICTURES = 'screens.spec.ts'
const PAGES = 'every-page.spec.ts'
const JOURNEYS = [
  'exception.spec.ts',
  'desk.spec.ts',
  'journeys.spec.ts',
  'reconciliation.spec.ts',
  'close.spec.ts',
  'second-person.spec.ts',
]

/** What they do is said in one line, and the failure names what was wrong; keeping every state of a long table took a fifth of the time. */
const UNTRACED = { trace: 'off' } as const

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../test-results',
  globalSetup: './start-app.ts',
  // One application and one database for all: side by side goes what only looks.
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  // Axe takes its time over a table of hundreds of figures, on a machine that does other things as well.
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  // The journeys change the world, so they come last, when all others have ended: these look at it as it was made. That is what a
  // dependency is for here, and the one whose failure leaves the journeys out is the door: nobody could begin one.
  projects: [
    { name: 'door', testMatch: DOOR },
    ...(process.env.SCREENS === 'keep' ? [{ name: 'pictures', testMatch: PICTURES, use: UNTRACED }] : []),
    { name: 'screens', testIgnore: [DOOR, PICTURES, PAGES, ...JOURNEYS], workers: 1 },
    { name: 'pages', testMatch: PAGES, fullyParallel: true, use: UNTRACED },
    { name: 'journeys', testMatch: JOURNEYS, workers: 1, dependencies: ['door'] },
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
      // What the browser itself says, and how its date fields are typed.
      env: { ...process.env, LANGUAGE: 'en_US' },
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
