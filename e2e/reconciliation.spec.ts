import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { unzipTo } from '#db/testing/unzip.ts'
import { expect, expectAccessible, openAwake, test } from './fixtures.ts'

// A signature from its preparation to its fall and back. Each walk goes on where the one before ended.
test.describe.configure({ mode: 'serial' })

/** A period that is not closed, in which one invoice was corrected last: rolled back, one line moves. */
const LIST = paths.reconciliations({ name: 'aldermoor-billing-to-ledger', entity: 'AS01', period: '2026-10' })
/** Two systems whose documents have nothing to do with each other: whatever belongs together only a person can say. */
const APART = `
kind: reconciliation
reconciliation: payroll-beside-purchases
title: Payroll beside purchases
process: Payroll
since: "2026-11"
entities: [TI02]
sides:
  - { name: Payroll, system: torvane-workforce, accounts: ["176000", "600000"] }
  - { name: Purchases, system: torvane-procurement, accounts: ["540000"] }
key: [document, account]
`
let one = ''
const main = (page: Page) => page.getByRole('main')
const dialog = (page: Page) => page.getByRole('dialog')
const evidence = (page: Page, name: string) =>
  main(page).getByRole('table', { name: 'Evidence' }).locator('tbody tr', { hasText: name })
const addFile = async (page: Page, name: string) => {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(`${name}: both invoices are paid.`) }
  await dialog(page).locator('input[type=file]').setInputFiles(file)
  await dialog(page).getByRole('button', { name: 'Add it' }).click()
  await expect(dialog(page)).toBeHidden()
}
const open = async (page: Page) => {
  await openAwake(page, one)
  return page
}

test('finance operations prepares it, and may not certify', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, LIST)
  await main(page).locator('[data-row-link]').first().click()
  await expect(main(page).getByRole('heading', { level: 1 })).toContainText('AS01 2026-10')
  one = new URL(page.url()).pathname
  await open(page)
  await expect(main(page).getByText('It ties.')).toBeVisible()
  await expect(main(page).getByRole('button', { name: 'Certify' })).toHaveAttribute('aria-disabled', 'true')
  await main(page).getByRole('link', { name: 'Add a file' }).click()
  await expectAccessible(page)
  const huge = { name: 'Scan.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(20_000_000, '%PDF-') }
  await dialog(page).locator('input[type=file]').setInputFiles(huge)
  await expect(dialog(page).getByText('Scan.pdf is larger than 5 MB')).toBeVisible()
  await dialog(page).getByRole('button', { name: 'Add it' }).click()
  await expect(dialog(page).getByText('Scan.pdf is larger than 5 MB')).toBeVisible()
  await addFile(page, 'From the customer.txt')
  await expect(evidence(page, 'From the customer.txt').last()).toBeVisible()
  const wrong = ['Of another customer.txt', 'Of another month.txt']
  for (const name of wrong) {
    await main(page).getByRole('link', { name: 'Add a file' }).click()
    await addFile(page, name)
  }
  // One after the other on a page that was opened with both on it: pressing the next button is another request.
  await open(page)
  for (const name of wrong) {
    const withdraw = evidence(page, name).getByRole('button', { name: 'Withdraw' })
    await withdraw.press('Enter')
    await expect(withdraw).toHaveCount(0)
  }
  await main(page).getByRole('link', { name: 'Prepare' }).click()
  await expectAccessible(page)
  await dialog(page).getByRole('button', { name: 'Prepare it' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(main(page).getByText('Prepared', { exact: true }).first()).toBeVisible()
})

test('the controller sends it back with a reason, and certifies what is prepared again', async ({ signedInAs }) => {
  const controller = await signedInAs('controller')
  await open(controller)
  await main(controller).getByRole('link', { name: 'Send back' }).click()
  await dialog(controller).getByLabel('Reason').fill('Say who looked at the services')
  await dialog(controller).getByRole('button', { name: 'Send it back' }).click()
  await expect(dialog(controller)).toBeHidden()
  await expect(main(controller).getByText('Say who looked at the services')).toBeVisible()

  const preparer = await signedInAs('finance_operations')
  await open(preparer)
  await main(preparer).getByRole('link', { name: 'Prepare' }).click()
  await dialog(preparer)
    .getByLabel(/Comment/)
    .fill('Looked at both groups')
  await dialog(preparer).getByRole('button', { name: 'Prepare it' }).click()
  await expect(dialog(preparer)).toBeHidden()

  const page = await signedInAs('controller')
  await open(page)
  await main(page).getByRole('link', { name: 'Certify' }).click()
  await dialog(page).getByRole('button', { name: 'Certify it' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(main(page).getByText('Certified', { exact: true }).first()).toBeVisible()
  await expectAccessible(page)
})

test('an auditor takes the evidence along and does it again alone; a changed byte is found', async ({ signedInAs }, testInfo) => {
  const page = await signedInAs('auditor')
  await open(page)
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    main(page).getByRole('link', { name: 'From the customer.txt' }).last().click(),
  ])
  expect(file.suggestedFilename()).toBe('From the customer.txt')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    main(page).getByRole('link', { name: 'Evidence pack' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('AS01-2026-10-actual-aldermoor-billing-to-ledger-certified.zip')
  const folder = testInfo.outputPath('pack')
  const names = await unzipTo(await readFile(await download.path()), folder)
  expect(names).toEqual(expect.arrayContaining(['sheet.pdf', 'lines.csv', 'lines.xlsx', 'seal.json', 'manifest.json']))
  const done = await recomputed(folder)
  expect(done.said).toContain('against the seal')
  expect(done.said).toContain('evidence From the customer.txt')
  expect(done.code, done.said).toBe(0)
  const lines = await readFile(join(folder, 'lines.csv'), 'utf8')
  await writeFile(join(folder, 'lines.csv'), lines.replace(/,(-?\d+)\.\d\d,/, ',$1.99,'))
  expect(await recomputed(folder)).toMatchObject({ code: 1, said: expect.stringContaining('against the seal: ') })
})

test('a load that is rolled back supersedes it, names what moved, and what was signed is still readable', async ({
  signedInAs,
}) => {
  const it = await signedInAs('it')
  await rollBackNewest(it, 'aldermoor-billing-uk')

  const page = await signedInAs('auditor')
  await open(page)
  await expect(main(page).getByRole('heading', { name: 'What superseded its certification' })).toBeVisible({ timeout: 30_000 })
  await expect(main(page).getByRole('table', { name: 'Lines that moved' }).locator('tbody tr')).toHaveCount(1)
  await expect(main(page).locator('.badge', { hasText: 'Superseded' }).first()).toBeVisible()
  await expectAccessible(page)
  await main(page).getByRole('table', { name: 'Certifications, newest first' }).locator('[data-row-link]').first().click()
  await expect(main(page).getByRole('heading', { level: 1 })).toContainText('as certified')
  await expect(main(page).getByText('the same', { exact: true })).toBeVisible()
  await expectAccessible(page)

  const signer = await signedInAs('controller')
  await signer.goto(paths.reconciliations())
  await expect(main(signer).getByText('1 reconciliation that you signed moved since')).toBeVisible()
  await main(signer).getByRole('link', { name: 'Show', exact: true }).click()
  await expect(main(signer).locator('tbody tr')).toHaveCount(1)
})

test('once the lines are back it ties again, and is signed anew', async ({ signedInAs }) => {
  const it = await signedInAs('it')
  await rollBackNewest(it, 'aldermoor-billing-uk')
  const page = await signedInAs('finance_operations')
  await open(page)
  await expect(main(page).getByText('Ready to prepare', { exact: true }).first()).toBeVisible({ timeout: 30_000 })
  await open(page)
  await expect(main(page).getByRole('link', { name: 'Prepare' })).toBeVisible()
})

test('lines that no rule puts together are joined by hand: the difference moves, and back when it is taken back', async ({
  signedInAs,
}) => {
  const importer = await signedInAs('controller')
  await openAwake(importer, paths.jobs({ do: 'import' }))
  await dialog(importer)
    .locator('input[type=file]')
    .setInputFiles({ name: 'apart.yaml', mimeType: 'text/yaml', buffer: Buffer.from(APART) })
  await dialog(importer).getByRole('button', { name: 'Check and import' }).click()
  await expect(main(importer).getByText('payroll-beside-purchases is new')).toBeVisible()

  const page = await signedInAs('finance_operations')
  const rows = main(page).locator('[data-row-link]')
  await expect(async () => {
    await page.goto(paths.reconciliations({ name: 'payroll-beside-purchases' }))
    await expect(rows).toHaveCount(1, { timeout: 1_000 })
  }).toPass()
  await rows.click()
  await expect(page).toHaveURL(/\/reconciliations\/\d+/)
  await openAwake(page, new URL(page.url()).pathname)
  const part = (why: string) => main(page).locator('tbody tr', { hasText: why }).first()
  const [paid, bought] = [part('Payroll has it, Purchases does not'), part('Purchases has it, Payroll does not')]
  const amounts = [await amountOf(paid), await amountOf(bought)]
  await paid.getByRole('checkbox').check()
  await bought.getByRole('checkbox').check()
  await main(page).getByRole('button', { name: 'Join what is ticked' }).click()
  const joined = main(page).getByRole('table', { name: 'Lines matched beyond their keys' }).locator('tbody tr')
  await expect(joined).toHaveCount(1)
  await expect(joined).toContainText('fiona')
  // Together they are one part, and differ by what is left of the larger.
  expect(await amountOf(part('Both have it, with other amounts'))).toBe(amounts[0]! + amounts[1]!)
  await expectAccessible(page)
  await joined.getByRole('button', { name: 'Take back' }).click()
  await expect(joined).toHaveCount(0)
  expect([await amountOf(paid), await amountOf(bought)]).toEqual(amounts)
})

/** Cents. */
const amountOf = async (row: Locator): Promise<bigint> =>
  BigInt((await row.locator('[data-plain]').first().getAttribute('data-plain'))!.replace('.', ''))

/** The script of the pack, as a stranger runs it. */
const recomputed = (cwd: string): Promise<{ code: number; said: string }> =>
  new Promise((done) => {
    execFile(process.execPath, ['recompute.mjs'], { cwd }, (error, stdout, stderr) =>
      done({ code: error ? 1 : 0, said: `${stdout}${stderr}` }),
    )
  })

/** The newest run of a job that published; of a rollback that is the rollback. */
async function rollBackNewest(page: Page, job: string) {
  await openAwake(page, paths.runs({ job, status: 'succeeded' }))
  await main(page).locator('[data-row-link]').first().click()
  await expect(page).toHaveURL(/\/runs\/\d+/)
  await openAwake(page, paths.run(/\/runs\/(\d+)/.exec(page.url())![1]!, { do: 'rollback' }))
  await dialog(page).getByLabel('Reason').fill('To see what a signature is worth')
  await dialog(page).getByRole('button', { name: /^End / }).click()
  await expect(dialog(page)).toBeHidden()
}
