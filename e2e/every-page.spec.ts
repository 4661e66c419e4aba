import { paths } from '#app/paths.ts'
import { ROLES } from '#server/domain/actor.ts'
import type { BrowserContext } from '@playwright/test'
import { expect, expectAccessible, expectToFit, test as base } from './fixtures.ts'
import { numbered, PAGES } from './pages.ts'

/** One browser profile for all pages of a worker: in a new one each page loads and compiles all scripts again. */
const test = base.extend<object, { readonly profile: BrowserContext }>({
  profile: [
    async ({ browser }, use) => {
      const viewport = { width: 1440, height: 900 }
      const profile = await browser.newContext({
        baseURL: process.env.E2E_ADDRESS,
        viewport,
        locale: 'en-GB',
        timezoneId: 'Europe/London',
      })
      await use(profile)
      await profile.close()
    },
    { scope: 'worker' },
  ],
  context: async ({ profile }, use) => use(profile),
  page: async ({ profile }, use) => {
    const page = await profile.newPage()
    await use(page)
    await page.close()
  },
})

for (const [name, address] of Object.entries(PAGES)) {
  test(`${name}: the browser and axe have nothing to complain of, and it fits`, async ({ signedInAs }) => {
    const page = await signedInAs('finance_operations')
    const answer = await page.goto(await numbered(page.request, address))
    expect(answer?.status()).toBe(200)
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
    await expectToFit(page, name)
    await expectAccessible(page)
  })
}

test('a line: the browser and axe have nothing to complain of', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await page.goto(paths.lines())
  await page.locator('main table a[href^="/lines/"]').first().click()
  await expect(page).toHaveURL(/\/lines\/\d+/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1)
  await expectToFit(page, 'a line')
  await expectAccessible(page)
})

test('every role may read every page', async ({ signedInAs, context }) => {
  for (const role of ROLES) {
    await context.clearCookies()
    await signedInAs(role)
    for (const address of Object.values(PAGES)) {
      const answer = await context.request.get(await numbered(context.request, address), { maxRedirects: 0 })
      expect([role, address, answer.status()]).toEqual([role, address, 200])
    }
  }
})

test('a source record of one long line scrolls in its place: the page stays as wide as the window', async ({ signedInAs }) => {
  const page = await signedInAs('auditor')
  await page.setViewportSize({ width: 1280, height: 800 })
  // Of the ERP, which answers in JSON.
  await page.goto(paths.lines({ entity: 'AS01', objectType: 'journal_line' }))
  await page.locator('main table a[href^="/lines/"]').first().click()
  await expect(page).toHaveURL(/\/lines\/\d+/)
  const wide = await page
    .locator('main pre')
    .first()
    .evaluate((pre) => [pre.scrollWidth > pre.clientWidth, document.documentElement.scrollWidth])
  expect(wide).toEqual([true, 1280])
})
