import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import type { Role } from '#server/domain/actor.ts'

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

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** The page is the same in the dark but for its colours: these are judged again. All of them twice took half as long again. */
const RULES_OF_COLOUR = ['color-contrast', 'link-in-text-block']
/** Of a table of thousands of cells axe would take minutes: of the rows that look the same it is shown one. */
const ALIKE = 'data-alike'
const SHAPES_MAX = 12

/** Rows are the same to the eye that have the same elements with the same classes and tones, whatever they say. */
const markAlike = (page: Page) =>
  page.evaluate(
    ([mark, max]) => {
      for (const body of document.querySelectorAll<HTMLTableSectionElement>('main tbody')) {
        const shapes = new Set<string>()
        for (const row of body.rows) {
          const parts = [row, ...row.querySelectorAll<HTMLElement>('*:not(svg *)')].map(
            (part) => `${part.tagName} ${part.getAttribute('class')} ${part.dataset.tone}`,
          )
          const shape = [...new Set(parts)].sort().join()
          row.toggleAttribute(mark, shapes.has(shape) || shapes.size >= max)
          shapes.add(shape)
        }
      }
    },
    [ALIKE, SHAPES_MAX] as const,
  )

/** No accessibility fault that a machine can find, in the light and in the dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await markAlike(page)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Colours that are still fading are measured as neither the one nor the other.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))))
    // In the page itself, which has no frames, and without a list of what is in order: of a table of thousands of cells that list
    // takes two thirds of the time.
    const axe = new AxeBuilder({ page })
      .setLegacyMode()
      .options({ resultTypes: ['violations'] })
      .exclude(`[${ALIKE}]`)
    const { violations } = await (colorScheme === 'light' ? axe.withTags(RULES) : axe.withRules(RULES_OF_COLOUR)).analyze()
    const found = violations.flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary?.replaceAll('\n', ' ')}`,
      ),
    )
    expect(found, `${new URL(page.url()).pathname} in the ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
}
