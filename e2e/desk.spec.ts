import type { Locator, Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, test } from './fixtures.ts'

test.describe.configure({ mode: 'serial', timeout: 180_000 })

const JOB = 'desk-journal'
const CAUSES = 20
const YAML = `
job: ${JOB}
title: Journal of the desk
owner: finance-operations
process: Close readiness
system: { code: desk-ledger, name: Desk ledger, kind: erp }
source: { type: file }
format: { type: csv }
objectType: journal_line
onFailure: quarantine
mapping: { key: [id] }
rules: { members: [cost_centre] }
`
const row = (n: number) => `D${n},AS01,2026-11,actual,GBP,4000,DESK${n},2026-11-02,${n * 1000}.00,`
const CSV = [
  'id,entity,period,version,currency,account,cost_centre,posted_on,debit,credit',
  'D0,AS01,2026-11,actual,GBP,4000,,2026-11-02,1.00,',
  ...Array.from({ length: CAUSES }, (_, i) => row(i + 1)),
].join('\n')

const list = paths.exceptions({ job: JOB, class: 'business' })
const picture = (page: Page, name: string) => page.screenshot({ path: `test-results/desk/${name}.png`, fullPage: true })

test('twenty causes, triaged by keyboard alone', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await loadTwentyCauses(page)
  await openAwake(page, list)
  const rows = page.getByRole('main').getByRole('table').locator('tbody tr')
  await expect(rows).toHaveCount(CAUSES)
  // What releases most comes first, and it is said how far the first of them come.
  await expect(rows.first()).toContainText('DESK20')
  await expect(page.getByRole('main').locator('p', { hasText: 'The first 14 of 20 release' })).toContainText(
    '90% of what waits in GBP',
  )
  const press = (keys: string) => page.keyboard.press(keys)

  await test.step('five are taken', async () => {
    for (let n = 0; n < 5; n++) {
      await press('j')
      await expect(rows.nth(n).locator('[data-row-link]')).toBeFocused()
      await press('m')
      await expect(rows.nth(n)).toContainText('fiona')
    }
  })

  await test.step('three are chosen and given to somebody else at once', async () => {
    for (let n = 5; n < 8; n++) {
      await press('j')
      await press('x')
    }
    await expect(page.getByText('3 chosen')).toBeVisible()
    await press('a')
    const dialog = page.getByRole('dialog', { name: 'Assign: 3 exceptions' })
    await expect(dialog).toContainText('42,000.00')
    await expect(dialog.getByLabel('To')).toBeFocused()
    await picture(page, 'assign')
    await page.keyboard.type('Cara')
    await send(page)
    await expect(dialog).toBeHidden()
    for (let n = 5; n < 8; n++) await expect(rows.nth(n)).toContainText('cara')
    await expect(rows.nth(7).locator('[data-row-link]'), 'the next key goes on from there').toBeFocused()
    await expect(page.getByText('Nothing chosen'), 'and is for that row alone').toBeVisible()
  })

  await test.step('undo takes it back', async () => {
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).last().press('Enter')
    for (let n = 5; n < 8; n++) await expect(rows.nth(n)).not.toContainText('cara')
  })

  await test.step('four are proposed to be waived', async () => {
    for (let n = 8; n < 12; n++) {
      await rows
        .nth(n - 1)
        .locator('[data-row-link]')
        .focus()
      await press('j')
      await press('s')
      const dialog = page.getByRole('dialog', { name: /^Propose to waive/ })
      await expect(dialog.getByLabel('Until')).toBeFocused()
      await page.keyboard.type(typedDate(30))
      await tabTo(dialog.getByLabel('Reason'))
      await page.keyboard.type('The cost centre opens next month')
      await send(page)
      await expect(dialog).toBeHidden()
      await expect(rows.nth(n)).toContainText('waits for a second person')
    }
  })

  await test.step('four get a note, two of them name somebody', async () => {
    for (let n = 12; n < 16; n++) {
      await press('j')
      await press('c')
      const dialog = page.getByRole('dialog', { name: /^Write a note/ })
      await expect(dialog.getByLabel('Note')).toBeFocused()
      await page.keyboard.type(n % 2 === 0 ? 'Is it yours, @cara?' : 'Asked the owner of the source')
      await send(page)
      await expect(dialog).toBeHidden()
      await expect(rows.nth(n)).toContainText('1 note')
    }
  })

  await test.step('four are graded, and with it due later', async () => {
    for (let n = 16; n < 20; n++) {
      await rows
        .nth(n - 1)
        .locator('[data-row-link]')
        .focus()
      await press('j')
      await press('v')
      const dialog = page.getByRole('dialog', { name: /^Set the severity/ })
      await expect(dialog.getByLabel('Severity')).toBeFocused()
      await page.keyboard.type('Low')
      await tabTo(dialog.getByLabel('Reason'))
      await page.keyboard.type('Small amounts of one source')
      await send(page)
      await expect(dialog).toBeHidden()
    }
    await expect(rows.filter({ hasText: 'Low' })).toHaveCount(4)
  })
  await expectAccessible(page)
  await picture(page, 'triaged')
})

test('an ending is for a second person: not who proposed it, and it never counts as fixed', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  const proposed = paths.exceptions({ job: JOB, class: 'business', is: 'proposed' })
  await openAwake(page, proposed)
  await page.keyboard.press('j')
  await page.keyboard.press('d')
  await send(page)
  await expect(page.getByText('you proposed it: somebody else decides')).toBeVisible()

  await test.step('the controller approves all four', async () => {
    await page.context().clearCookies()
    const controller = await signedInAs('controller')
    await openAwake(controller, proposed)
    await controller.getByRole('checkbox', { name: 'Select all rows shown' }).check()
    await controller.keyboard.press('Escape')
    await controller.keyboard.press('d')
    await send(controller)
    // Whoever goes on at once breaks off what was sent.
    await expect(controller.locator('dialog[open]')).toHaveCount(0)
    await openAwake(controller, paths.exceptions({ job: JOB, class: 'business', state: 'ended' }))
    const ended = controller.getByRole('main').getByRole('table').locator('tbody tr')
    await expect(ended).toHaveCount(4)
    await expect(ended.first()).toContainText('Waived until')
    await openAwake(controller, paths.exceptions({ job: JOB, class: 'business', state: 'closed' }))
    await expect(controller.getByText(/^No fixed business exception/)).toBeVisible()
  })
})

test('tokens in the search become filters of the address; one that cannot be is told', async ({ signedInAs, complaints }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, list)
  await page.keyboard.press('/')
  await page.keyboard.type('DESK1 assignee:me severity:medium')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/assignee=me/)
  await expect(page).toHaveURL(/severity=medium/)
  await expect(page).toHaveURL(/q=DESK1(&|$)/)
  await openAwake(page, list)
  await page.keyboard.press('/')
  await page.keyboard.type('severity:urgent')
  await page.keyboard.press('Enter')
  await expect(page.getByText('There is no filter severity:urgent (severity takes critical, high, medium, low)')).toBeVisible()
  await page.getByRole('link', { name: 'Open it without filters' }).click()
  await expect(page.getByRole('heading', { name: 'Exceptions' })).toBeVisible()
  expect(complaints.splice(0).filter((text) => !text.includes('422'))).toEqual([])
})

/** The last button of the dialog, pressed: no mouse. */
async function send(page: Page): Promise<void> {
  await tabTo(page.locator('dialog .dialog-foot button[type=submit]'))
  await page.keyboard.press('Enter')
}

/** From stop to stop: a date field has several, which ones is the browser's. */
async function tabTo(stop: Locator): Promise<void> {
  for (let n = 0; n < 12; n++) {
    if (await stop.evaluate((element) => element === document.activeElement)) return
    await stop.page().keyboard.press('Tab')
  }
  await expect(stop).toBeFocused()
}

/** As a date field takes it from the keys, in the language Chromium itself speaks here: month, day, year. */
function typedDate(days: number): string {
  const [year, month, day] = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).split('-')
  return `${month}${day}${year}`
}

async function loadTwentyCauses(page: Page): Promise<void> {
  await openAwake(page, paths.jobs({ do: 'import' }))
  const dialog = page.getByRole('dialog', { name: /Import/ })
  await dialog.locator('input[type=file]').setInputFiles({ name: 'desk.yaml', mimeType: 'text/yaml', buffer: Buffer.from(YAML) })
  await dialog.getByRole('button', { name: 'Check and import' }).click()
  await expect(dialog).toBeHidden()
  await openAwake(page, paths.upload({ job: JOB }))
  await page.locator('input[type=file]').setInputFiles({ name: 'desk.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) })
  await page.getByRole('button', { name: 'Load this file' }).click()
  await expect(page).toHaveURL(/\/runs\/\d+/)
  await expect(page.getByRole('main')).toContainText(/20 records rejected/, { timeout: 60_000 })
}
