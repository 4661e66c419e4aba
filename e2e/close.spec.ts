import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, signIn, test } from './fixtures.ts'

// A period from its close over something that is not ready to its reopening by two. Each walk goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

/** Soft-closed in the demonstration, with reconciliations that nobody has prepared. No other journey closes it. */
const [ENTITY, PERIOD] = ['AS06', '2027-04']
const PAGE = paths.closePeriod(ENTITY, PERIOD)
const main = (page: Page) => page.getByRole('main')
const dialog = (page: Page) => page.getByRole('dialog')
const stateOf = (page: Page) => main(page).locator('.page-header .period-state')

test('the controller finds on the board what blocks the close, and every figure leads to its list', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  await openAwake(page, paths.tower())
  await page.keyboard.press('g')
  await page.keyboard.press('l')
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Close')
  const row = main(page).getByRole('row', { name: new RegExp(ENTITY) })
  await expect(row).toContainText('of 3 certified')
  await expect(row).toContainText('preliminary')
  await row.locator(`[data-figure="close ${ENTITY} ${PERIOD} tied"]`).click()
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Reconciliations')
  await page.goBack()
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText('Close')
  await main(page)
    .getByRole('row', { name: new RegExp(ENTITY) })
    .locator('[data-row-link]')
    .click()
  await expect(main(page).getByRole('heading', { level: 1 })).toHaveText(`Close of ${ENTITY} ${PERIOD}`)
})

test('closing shows first what is not ready, and wants a reason, which is kept with it', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  await openAwake(page, PAGE)
  await main(page).getByRole('link', { name: 'Close the period' }).click()
  await expect(dialog(page).getByText('Not everything is ready')).toBeVisible()
  await expect(dialog(page).locator('[data-not-ready] li')).not.toHaveCount(0)
  await expectAccessible(page)
  await dialog(page).getByLabel('Reason').fill('Signed next week, the group closes today')
  await dialog(page).getByRole('button', { name: 'Close it all the same' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(stateOf(page)).toHaveText('Closed')
  await expect(main(page).getByText('“Signed next week, the group closes today”')).toBeVisible()
  await expect(main(page).getByText('Closed over what was not ready')).toBeVisible()
  await expect(main(page).locator('.page-header .certainty')).toHaveText('preliminary')
})

test('who asks to reopen it sees what that lets happen, and does not decide', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  await openAwake(page, PAGE)
  await main(page).getByRole('link', { name: 'Ask to reopen it' }).click()
  await expect(dialog(page).locator('[data-effect]')).toContainText('can bring lines into it')
  await expectAccessible(page)
  await dialog(page).getByLabel('Reason').fill('An invoice of October came late')
  await dialog(page).getByRole('button', { name: 'Ask for it' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(stateOf(page)).toHaveText('Closed')
  await expect(main(page).getByRole('button', { name: 'Decide on reopening' })).toHaveAttribute('aria-disabled', 'true')
})

test('a second controller reopens it; it is shown apart, and closed again', async ({ page, context, signedInAs }) => {
  await context.clearCookies()
  await signIn(page, 'carl')
  await openAwake(page, paths.close({ entity: ENTITY }))
  await main(page).getByRole('link', { name: 'cara asks to reopen it' }).click()
  await expect(dialog(page)).toContainText('An invoice of October came late')
  await dialog(page).getByLabel('Reason').fill('Agreed with the owner of billing')
  await dialog(page).getByRole('button', { name: 'Approve and reopen' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(stateOf(page)).toHaveText('Reopened')
  await expectAccessible(page)

  const controller = await signedInAs('controller')
  await openAwake(controller, PAGE)
  await main(controller).getByRole('link', { name: 'Close the period' }).click()
  await dialog(controller).getByLabel('Reason').fill('The invoice is in')
  await dialog(controller)
    .getByRole('button', { name: /Close it/ })
    .click()
  await expect(stateOf(controller)).toHaveText('Closed')
})

test('who only reads sees the same and may do nothing', async ({ signedInAs }) => {
  const page = await signedInAs('auditor')
  await openAwake(page, PAGE)
  await expect(main(page).getByRole('button', { name: 'Ask to reopen it' })).toHaveAttribute('aria-disabled', 'true')
  await expect(main(page).getByRole('table', { name: 'Requests to reopen it' })).toContainText('carl')
})
