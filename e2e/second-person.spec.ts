import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, signIn, test } from './fixtures.ts'

// What one person alone cannot do: loosen a definition, or have a stand-in sign what they prepared. Each walk goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

const NAME = 'torvane-ledger-to-reporting'
const main = (page: Page) => page.getByRole('main')
const dialog = (page: Page) => page.getByRole('dialog')
const YAML = `
kind: reconciliation
reconciliation: ${NAME}
title: Ledger of Torvane in group reporting
process: Group reporting
sides:
  - { name: Ledger, system: torvane-erp }
  - { name: Reporting, system: torvane-reporting, objectType: period_balance }
key: [account]
tolerance: { absolute: { EUR: "0.01" } }
due: { workingDay: 5 }
`
let proposal = ''
let one = ''

/** Carl is a controller too. */
async function asCarl(page: Page): Promise<Page> {
  await page.context().clearCookies()
  await signIn(page, 'carl')
  return page
}

async function askAgain(page: Page): Promise<void> {
  await page.evaluate(() => window.__remixRouter.revalidate())
  await page.waitForFunction(() => window.__remixRouter.state.revalidation === 'idle')
}

test('a controller brings a definition that loosens: it waits, and says what it lets through', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  await openAwake(page, paths.jobs({ do: 'import' }))
  await dialog(page)
    .locator('input[type=file]')
    .setInputFiles({ name: 'looser.yaml', mimeType: 'text/yaml', buffer: Buffer.from(YAML) })
  await dialog(page).getByRole('button', { name: 'Check and import' }).click()
  await expect(main(page).getByText('loosens control and waits')).toBeVisible()
  // The page asks again by itself when something changed; what was answered is still there to be read.
  await askAgain(page)
  await main(page)
    .getByRole('link', { name: /^proposal \d+$/ })
    .click()
  await expect(main(page).getByText('waits for a second person: more may stay unexplained')).toBeVisible()
  proposal = new URL(page.url()).pathname
  await expect(main(page).getByRole('row').filter({ hasText: 'tolerance.absolute.EUR' })).toContainText('0.01')
  const approve = main(page).getByRole('button', { name: 'Approve' })
  await expect(approve).toHaveAttribute('aria-disabled', 'true')
  await expect(approve).toHaveAccessibleDescription('You proposed it: somebody else decides.')
  await expectAccessible(page)
  await openAwake(page, paths.reconciliations())
  await expect(main(page).getByText('A definition waits for a second person')).toBeVisible()
})

test('another approves it with a reason, and it is in force', async ({ page }) => {
  await asCarl(page)
  await openAwake(page, paths.reconciliations())
  await main(page).getByRole('link', { name: 'Show' }).first().click()
  await expect(page).toHaveURL(new RegExp(proposal))
  await main(page).getByRole('link', { name: 'Approve' }).click()
  await expectAccessible(page)
  await dialog(page).getByLabel('Reason').fill('A cent is rounding of the warehouse')
  await dialog(page).getByRole('button', { name: 'Approve it' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(main(page).getByText('A change of version 1, approved by carl.')).toBeVisible()
  await openAwake(page, paths.audit({ object: `reconciliation_definition ${NAME}` }))
  await expect(main(page).locator('tbody')).toContainText('Reconciliation definition approved')
})

test('whoever is away lends until a day; the stand-in does not certify what they prepared', async ({ signedInAs }) => {
  const cara = await signedInAs('controller')
  await openAwake(cara, paths.reconciliations({ name: 'torvane-purchases-to-ledger', state: 'ready' }))
  await main(cara).locator('[data-row-link]').first().click()
  await expect(cara).toHaveURL(/\/reconciliations\/\d+/)
  one = new URL(cara.url()).pathname
  await openAwake(cara, one)
  await main(cara).getByRole('link', { name: 'Prepare' }).click()
  await dialog(cara).getByRole('button', { name: 'Prepare it' }).click()
  await expect(dialog(cara)).toBeHidden()

  await openAwake(cara, paths.person('cara'))
  await main(cara).getByLabel('Who stands in').selectOption('carl')
  await main(cara)
    .getByLabel('Last day')
    .fill(new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10))
  await main(cara).getByLabel('Why').fill('Away for ten days')
  await main(cara).getByRole('button', { name: 'Name this stand-in' }).click()
  await expect(main(cara).getByRole('table', { name: 'Stand-ins, newest first' })).toContainText('carl')
  await expectAccessible(cara)

  const carl = await asCarl(cara)
  await openAwake(carl, one)
  const certify = main(carl).getByRole('button', { name: 'Certify' })
  await expect(certify).toHaveAttribute('aria-disabled', 'true')
  await expect(certify).toHaveAccessibleDescription(/cara, for whom you stand in, prepared it; somebody else certifies/i)
})

test('the stand-in acts under their own name, and the audit event names both', async ({ page }) => {
  await asCarl(page)
  await openAwake(page, one)
  await main(page).getByRole('link', { name: 'Send back' }).click()
  await dialog(page).getByLabel('Reason').fill('Fiona prepares it while Cara is away')
  await dialog(page).getByRole('button', { name: 'Send it back' }).click()
  await expect(dialog(page)).toBeHidden()
  await openAwake(page, paths.audit({ object: `reconciliation ${/\d+$/.exec(one)![0]}` }))
  await main(page).locator('[data-row-link]').first().click()
  await expect(main(page).getByText('carl as controller')).toBeVisible()
  await expect(main(page).getByRole('row').filter({ hasText: 'Stands in for' })).toContainText('cara')
})

test('it is ended, and counts no more', async ({ signedInAs }) => {
  const cara = await signedInAs('controller')
  await openAwake(cara, paths.person('cara'))
  const list = main(cara).getByRole('table', { name: 'Stand-ins, newest first' })
  // What can be done with a row is shown over it.
  await list.locator('tbody tr').first().hover()
  await list.getByRole('button', { name: 'End', exact: true }).click()
  await expect(list).toContainText(/ended/i)
  await expect(list.getByRole('button', { name: 'End', exact: true })).toBeHidden()
})
