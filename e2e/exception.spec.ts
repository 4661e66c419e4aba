import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, test } from './fixtures.ts'

// One exception from being given to somebody to being waived by two people. Each walk goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

/** An open one of records; that of the code COBALT is for the journeys, that of the closed period is corrected below. */
let one = ''
const openOne = async (page: Page, group: string) => {
  await openAwake(page, paths.exceptions({ class: group }))
  const found = page
    .getByRole('main')
    .locator('[data-row-link]')
    .filter({ hasNotText: /COBALT|is closed/ })
    .first()
  return new URL((await found.getAttribute('href'))!, page.url()).pathname
}
const dialogOf = (page: Page) => page.getByRole('dialog')
const history = (page: Page) => page.getByRole('table', { name: 'History of this exception' })

test('finance operations: take it, undo, assign it, name somebody in a note, propose to waive it', async ({
  signedInAs,
  complaints,
}) => {
  const page = await signedInAs('finance_operations')
  const main = page.getByRole('main')

  await test.step('take it, and take that back', async () => {
    one = await openOne(page, 'business')
    await openAwake(page, one)
    await page.keyboard.press('m')
    await expect(main.getByText('Assigned to you')).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(main.getByText('Assigned to you')).toBeHidden()
    await expect(page.getByText('Taken back.')).toBeVisible()
  })

  await test.step('assign it to somebody who may have it', async () => {
    await page.keyboard.press('a')
    const person = dialogOf(page).getByLabel('Person')
    await expect(person.getByRole('option', { name: /Ivan/ })).toHaveCount(0)
    await person.selectOption('fiona')
    await dialogOf(page).getByRole('button', { name: 'Assign it' }).click()
    await expect(dialogOf(page)).toBeHidden()
    await expect(main.getByText('Assigned to you')).toBeVisible()
  })

  await test.step('a note names somebody, by keyboard', async () => {
    await page.keyboard.press('c')
    await page.keyboard.type('Please look, @ca')
    await expect(page.getByRole('option', { name: /@cara/ })).toBeVisible()
    await page.keyboard.press('Enter')
    await page.keyboard.type('it is the old one')
    await expect(main.getByLabel('Add a note')).toHaveValue('Please look, @cara it is the old one')
    await page.keyboard.press('Control+Enter')
    await expect(main.locator('.note').last()).toContainText('Please look, @cara it is the old one')
    await expect(main.locator('.mention')).toHaveText('@cara')
    await expect(main.getByLabel('Add a note')).toHaveValue('')
  })

  await test.step('who is not there cannot be named', async () => {
    await main.getByLabel('Add a note').fill('ask @nobody.here')
    await main.getByRole('button', { name: 'Add the note' }).click()
    await expect(main.getByRole('alert').filter({ hasText: '@nobody.here' })).toBeVisible()
    await main.getByLabel('Add a note').fill('')
    // The browser tells of an answer that is a refusal.
    expect(complaints.splice(0)).toEqual([expect.stringContaining('404')])
  })

  await test.step('a waiver is proposed, and not approved by who proposed it', async () => {
    await main.getByRole('heading', { level: 1 }).click()
    await page.keyboard.press('Escape')
    await page.keyboard.press('s')
    await dialogOf(page).getByLabel('Waived until').fill(inDays(20))
    await dialogOf(page).getByLabel('Reason').fill('The source books it again next month')
    await dialogOf(page).getByRole('button', { name: 'Propose to waive it' }).click()
    await expect(dialogOf(page)).toBeHidden()
    await expect(main.getByText(/^You proposed to waive it until/)).toBeVisible()
    const approve = main.getByRole('button', { name: 'Approve it' })
    await expect(approve).toHaveAttribute('aria-disabled', 'true')
    await expect(approve).toHaveAccessibleDescription('You proposed it: somebody else decides.')
    await expectAccessible(page)
  })
})

test('a controller approves it: it is waived, and its history says all of it', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  const main = page.getByRole('main')
  // Who was named is told on the first page, until they open it.
  await openAwake(page, paths.tower())
  const told = page.getByRole('table', { name: /^Notes that name you/ }).getByRole('link', { name: 'Please look, @cara' })
  await expectAccessible(page)
  await told.click()
  await expect(page).toHaveURL(new RegExp(`${one}#note-\\d+$`))
  await expect(main.locator('.note[aria-current]')).toContainText('Please look, @cara')
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Tower' }).click()
  await expect(page.getByRole('heading', { name: 'Tower', level: 1 })).toBeVisible()
  await expect(told).toHaveCount(0)

  await openAwake(page, one)
  await main.getByRole('link', { name: 'Decide', exact: true }).click()
  await expect(dialogOf(page)).toContainText('The source books it again next month')
  await dialogOf(page).getByRole('button', { name: 'Approve it' }).click()
  await expect(dialogOf(page)).toBeHidden()
  await expect(main.getByText(/^Waived until \d/)).toBeVisible()
  await expect(main.getByRole('link', { name: 'Take up again' })).toBeVisible()
  const rows = history(page).locator('tbody tr')
  for (const what of ['Found', 'Assigned', 'Taken back', 'Noted', 'End proposed: waive', 'End approved'])
    await expect(rows.filter({ hasText: what }).first(), what).toBeVisible()
  await expect(rows.filter({ hasText: 'End approved' })).toContainText(/State: Assigned .* Waived/)
  await main.getByRole('combobox', { name: 'By', exact: true }).selectOption('system')
  await expect(rows.filter({ hasText: 'End approved' })).toHaveCount(0)
  await expect(rows.filter({ hasText: 'Found' })).toHaveCount(1)
})

test('an auditor sees all of it, and why nothing of it is theirs to change', async ({ signedInAs }) => {
  const page = await signedInAs('auditor')
  const main = page.getByRole('main')
  await openAwake(page, one)
  for (const name of ['Take up again', 'Add the note'])
    await expect(main.getByRole('button', { name })).toHaveAccessibleDescription(/Your role, Auditor/)
  await history(page)
    .getByRole('link', { name: /^audit event/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/audit\/\d+/)
})

test('a rejected record is corrected: in the words of the source, by two people where it moves money', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  const main = page.getByRole('main')
  await openAwake(page, paths.exceptions({ class: 'business', job: 'aldermoor-journals-uk' }))
  const found = main.locator('[data-row-link]').first()
  const exception = new URL((await found.getAttribute('href'))!, page.url()).pathname
  await openAwake(page, exception)
  await main.getByRole('link', { name: 'Correct this record' }).first().click()

  await test.step('what the reader of the file does not take is refused, and what it takes is looked at first', async () => {
    await main.getByLabel('Field', { exact: true }).selectOption('posted_on')
    await main.getByLabel('To be read as').fill('the fifth of November')
    await main.getByRole('button', { name: 'See what that does' }).click()
    await expect(main.getByText(/^It cannot be read like this/).first()).toBeVisible()
    await main.getByLabel('To be read as').fill('2026-11-05')
    await main.getByRole('button', { name: 'See what that does' }).click()
    await expect(main.getByRole('row', { name: /^Period/ })).toContainText('2026-11')
    await expectAccessible(page)
  })

  await test.step('it is proposed, and not approved by who proposed it', async () => {
    await main.getByLabel('Reason').fill('The bill is of November, as the supplier wrote')
    await main.getByRole('button', { name: 'Propose the correction' }).click()
    await expect(page).toHaveURL(/\/corrections\/\d+/)
    await expect(main.getByText('Waits for approval')).toBeVisible()
    const approve = main.getByRole('button', { name: 'Approve' })
    await expect(approve).toHaveAccessibleDescription('You proposed it: somebody else decides.')
    await expectAccessible(page)
  })

  const correction = new URL(page.url()).pathname
  await test.step('a second person approves it; the exception lists it and stays open', async () => {
    const other = await signedInAs('controller')
    await openAwake(other, correction)
    await other.getByRole('main').getByRole('link', { name: 'Approve' }).click()
    await dialogOf(other).getByRole('button', { name: 'Approve it' }).click()
    await expect(dialogOf(other)).toBeHidden()
    await expect(other.getByRole('main').getByText('It applies when the record is read next.')).toBeVisible()
    await openAwake(other, exception)
    const rows = other.getByRole('table', { name: 'Corrections of records behind this exception' }).locator('tbody tr')
    await expect(rows).toContainText(['2026-11-05'])
    await expectAccessible(other)
  })
})

test('the question mark lists the keys of the page, and what to do opens on demand', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, await openOne(page, 'control'))
  await page.keyboard.press('?')
  for (const label of ['Assign it', 'Take it', 'Propose an end', 'Propose to waive it', 'Write a note'])
    await expect(dialogOf(page).getByText(label, { exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  const guide = page.getByRole('main').getByText('What it means, how to find the cause, how to mend it')
  await guide.click()
  await expect(page.getByRole('main').getByText('How to find the cause', { exact: true })).toBeVisible()
  await expectAccessible(page)
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
