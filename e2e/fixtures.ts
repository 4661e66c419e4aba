import { test as base, expect, type Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import type { Role } from '#server/domain/actor.ts'

export { expectAccessible } from './accessible.ts'
export { expect }

/** The people of the demonstration, by what they may do. */
export const PEOPLE: Readonly<Record<Role, string>> = {
  finance_operations: 'fiona',
  controller: 'cara',
  it: 'ivan',
  auditor: 'ada',
  admin: 'adam',
}
const PASSWORD = 'demo'

/** Remix writes it down when a load is broken off while it is read: somebody went on. Nothing went wrong, and nobody sees it. */
const BROKEN_OFF = /^AbortError: signal is aborted/

type Cookies = Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>
type Fixtures = {
  /** The page, signed in as a person of that role. */
  readonly signedInAs: (role: Role) => Promise<Page>
  /** What the browser complained of. A journey that expects a complaint takes it out; what is left at the end fails it. */
  readonly complaints: string[]
}

export const test = base.extend<Fixtures, { readonly sessions: Map<Role, Cookies> }>({
  baseURL: async ({}, use) => use(process.env.E2E_ADDRESS),
  // A password is hashed slowly on purpose, so everybody signs in once.
  sessions: [async ({}, use) => use(new Map()), { scope: 'worker' }],
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !BROKEN_OFF.test(message.text())) complaints.push(`${message.text()} (${page.url()})`)
      })
      page.on('pageerror', (error) => complaints.push(`${error.stack ?? error.message} (${page.url()})`))
      await use(complaints)
      expect(complaints, 'the browser had nothing to complain of').toEqual([])
    },
    { auto: true },
  ],
  signedInAs: async ({ page, context, sessions }, use) => {
    await use(async (role) => {
      const known = sessions.get(role)
      if (known) await context.addCookies(known)
      else {
        // Whoever is signed in already is not asked again.
        await context.clearCookies()
        await signIn(page, PEOPLE[role])
        sessions.set(role, await context.cookies())
      }
      return page
    })
  },
})

/** Opens a page and waits until its scripts listen: it hears of changes then. */
export async function openAwake(page: Page, address: string): Promise<void> {
  const live = page.waitForResponse((response) => response.url().endsWith(paths.events()))
  await page.goto(address)
  await live
}

/** Through the form, as people do. */
export async function signIn(page: Page, person: string, password: string = PASSWORD): Promise<void> {
  await page.goto(paths.signIn())
  await page.getByLabel('Sign-in', { exact: true }).fill(person)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).not.toHaveURL(/\/sign-in/)
}

const NARROW = { width: 1280, height: 800 }

/** At the width of a small notebook nothing has to be scrolled sideways. */
export async function expectToFit(page: Page, name: string): Promise<void> {
  const usual = page.viewportSize()!
  await page.setViewportSize(NARROW)
  const tooWide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  // A chart takes its new width a moment later.
  await expect
    .configure({ soft: true })
    .poll(tooWide, { message: `${name}: pixels wider than ${NARROW.width}` })
    .toBeLessThanOrEqual(0)
  await page.setViewportSize(usual)
}
