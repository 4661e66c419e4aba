import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, PEOPLE, signIn, test } from './fixtures.ts'

// Five minutes, five people, one story: a code nobody mapped is found, mapped, approved by somebody else and replayed. Each
// walk goes on where the one before ended.
test.describe.configure({ mode: 'serial', timeout: 120_000 })

const SYSTEM = 'torvane-procurement'
const PURCHASES = 'torvane-purchases'
const REASON = 'Walked through by the journey'

test('finance operations: from a figure to its source record, and from an exception to a proposal', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  const main = page.getByRole('main')

  await test.step('a figure of the tower opens exactly its list', async () => {
    await openAwake(page, paths.tower())
    const figure = main.locator('[data-figure="open business"]')
    const said = Number(await figure.locator('.figure-tile-value').textContent())
    await figure.click()
    await expect(page).toHaveURL(/\/exceptions\?class=business/)
    await expect(main.getByRole('table').locator('tbody tr')).toHaveCount(said)
  })

  await test.step('through the exceptions by keyboard', async () => {
    await openAwake(page, paths.exceptions({ class: 'business' }))
    const links = main.locator('[data-row-link]')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await expect(links.nth(1)).toBeFocused()
    await page.keyboard.press('k')
    await expect(links.first()).toBeFocused()
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/exceptions\/\d+/)
  })

  await test.step('total, lines, line, source record', async () => {
    await openAwake(page, paths.totals({ view: 'published' }))
    await main.locator('tbody a[href^="/lines"]').first().click()
    await expect(page).toHaveURL(/\/lines\?/)
    await main.locator('[data-row-link]').first().click()
    await expect(page).toHaveURL(/\/lines\/\d+/)
    const beside = main.getByRole('table', { name: 'Canonical fields beside source columns' })
    await expect(beside.getByRole('row').filter({ hasText: 'same' }).first()).toBeVisible()
    await main.getByRole('link', { name: /position \d/ }).click()
    await expect(page).toHaveURL(/\/artifacts\/\d+\?position=\d+/)
  })

  await test.step('a code nobody mapped is proposed for approval, and not approved by who proposed it', async () => {
    await openAwake(page, paths.exceptions({ class: 'business' }))
    await main.getByRole('link', { name: 'Account COBALT is not known here' }).click()
    await main.getByRole('link', { name: 'Map COBALT' }).click()
    const dialog = page.getByRole('dialog', { name: 'Map account COBALT' })
    await expect(dialog).toContainText('17,200.00')
    const account = await dialog.locator('datalist option').first().getAttribute('value')
    await dialog.getByLabel('Means').fill(account!)
    await dialog.getByLabel('Reason').fill(REASON)
    await dialog.getByRole('button', { name: 'Propose it for approval' }).click()
    const proposal = page.getByRole('dialog', { name: /^Proposal \d+/ })
    await expectRefused(proposal.getByRole('button', { name: /^Approve it as version/ }), /You proposed it/)
  })
})

test('controller: approves what somebody else proposed, closes a period for good, looks back', async ({ signedInAs }) => {
  const page = await signedInAs('controller')
  const main = page.getByRole('main')

  await test.step('a proposal with what it would change', async () => {
    await openAwake(page, paths.mapping(SYSTEM))
    await main.getByRole('row').filter({ hasText: 'COBALT' }).getByRole('link', { name: 'See its effect' }).click()
    const proposal = page.getByRole('dialog', { name: /^Proposal \d+/ })
    await expect(proposal).toContainText('17,200.00')
    await proposal.getByRole('button', { name: /^Approve it as version/ }).click()
    await expect(proposal).toContainText(`Approved by ${PEOPLE.controller}`)
  })

  await test.step('a period is closed, and one person alone does not let lines in again', async () => {
    await setPeriod(page, 'AS01 2027-05: open', 'Close AS01 2027-05')
    await expect(main.getByRole('link', { name: 'AS01 2027-05: closed' })).toBeVisible()
    await main.getByRole('link', { name: 'AS01 2027-05: closed' }).click()
    await expectRefused(page.getByRole('dialog').getByRole('button', { name: 'Open AS01 2027-05' }), /two people reopen it/)
  })

  await test.step('the totals as of an earlier publication', async () => {
    await openAwake(page, paths.totals())
    await page.getByRole('combobox', { name: 'As of' }).selectOption({ index: 5 })
    await expect(page).toHaveURL(/asOf=\d+/)
    const publication = new URL(page.url()).searchParams.get('asOf')
    await expect(main.getByText(`As of publication ${publication}`).first()).toBeVisible()
  })
})

test('IT: from a failed run to its cause, tests, replays, pauses, changes a schedule', async ({ signedInAs }) => {
  const page = await signedInAs('it')
  const main = page.getByRole('main')

  await test.step('a failed run, its trace, its cause', async () => {
    await openAwake(page, paths.tower())
    await main.locator('[data-figure="runs failed"]').click()
    await expect(page).toHaveURL(/status=failed/)
    await expect(main.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible()
    await main.getByRole('row').filter({ hasText: 'torvane-reporting-balances' }).locator('[data-row-link]').click()
    await expect(page).toHaveURL(/\/runs\/\d+/)
    await main.getByRole('link', { name: 'Trace' }).click()
    await expect(page).toHaveURL(/view=trace/)
    await expect(
      main
        .getByRole('table')
        .getByText(/Failed|failed/)
        .first(),
    ).toBeVisible()
  })

  await test.step('a system that does not answer, and one that does', async () => {
    await testConnection(page, 'torvane-reporting', 'torvane-reporting-balances')
    await expect(main.getByText('The source system cannot be reached').first()).toBeVisible()
    await testConnection(page, SYSTEM, PURCHASES)
    await expect(main.getByText(/none of it was kept/)).toBeVisible()
  })

  await test.step('a forecast that was rolled back: the board was told, and told that it no longer counts', async () => {
    await openAwake(page, paths.system('aldermoor-board'))
    await main.getByRole('link', { name: 'All deliveries to this system' }).click()
    await expect(main.getByRole('heading', { level: 1, name: 'Deliveries' })).toBeVisible()
    const good = main.getByRole('row').filter({ hasText: 'Makes good delivery' })
    await expect(good).toContainText('Confirmed', { timeout: 30_000 })
    await good.locator('[data-row-link]').click()
    await expect(main.getByText('Does not tie')).toHaveCount(0)
    await expect(main.getByText('Ties', { exact: true }).first()).toBeVisible()
    await main
      .getByRole('link', { name: /^delivery \d+/ })
      .first()
      .click()
    await expect(main.getByText(/^Publication \d+ was rolled back/)).toBeVisible()
  })

  await test.step('what waited for the mapping is replayed, after a look at what that does', async () => {
    await openAwake(page, paths.exceptions({ class: 'business' }))
    await main.getByRole('link', { name: 'Account COBALT is not known here' }).click()
    await main.getByRole('link', { name: 'Replay what waits' }).click()
    await main.getByRole('button', { name: /^Rehearse [\d,]+ record/ }).click()
    const replay = main.getByRole('link', { name: 'Replay…' })
    await expect(replay).toBeVisible({ timeout: 30_000 })
    await expectAccessible(page)
    await replay.click()
    const decide = page.getByRole('dialog', { name: /^Replay [\d,]+ record/ })
    await expect(decide).toContainText(/By the rehearsal: [\d,]+ would pass\./)
    await decide.getByLabel('Reason').fill(REASON)
    await decide.getByRole('button', { name: /^Replay [\d,]+ record/ }).click()
    await expect(main.getByText(/^([\d,]+) of \1 records? fixed/)).toBeVisible({ timeout: 30_000 })
    await page.goto(paths.exceptions({ class: 'business' }))
    await expect(main.getByRole('link', { name: 'Account COBALT is not known here' })).toHaveCount(0)
  })

  await test.step('a job is paused, resumed, and given another schedule after a look at its due times', async () => {
    await openAwake(page, paths.job(PURCHASES))
    for (const [opens, does] of [
      ['Pause', 'Pause the job'],
      ['Resume', 'Resume the job'],
    ] as const) {
      await main.getByRole('link', { name: opens, exact: true }).click()
      await page.getByRole('dialog').getByLabel('Reason').fill(REASON)
      await page.getByRole('dialog').getByRole('button', { name: does }).click()
      await expect(page.getByRole('dialog')).toBeHidden()
    }
    await main.getByRole('link', { name: 'Change schedule' }).click()
    const dialog = page.getByRole('dialog', { name: /^Change the schedule/ })
    await dialog.getByLabel('Cron').fill('20 4 * * 1-5')
    await dialog.getByRole('button', { name: 'Show the next ten due times' }).click()
    await expect(dialog.getByRole('table', { name: /the next 10 due times/ }).locator('tbody tr')).toHaveCount(10)
    await dialog.getByLabel('Reason').fill(REASON)
    await dialog.getByRole('button', { name: 'Change the schedule' }).click()
    await expect(dialog).toBeHidden()
  })
})

test('auditor: reads everything, changes nothing and is told why, verifies, takes the log', async ({ signedInAs }) => {
  const page = await signedInAs('auditor')
  const main = page.getByRole('main')

  await test.step('what would change something says who may', async () => {
    const closed: readonly [string, readonly string[]][] = [
      [paths.run(21), ['Preview a replay', 'Roll back']],
      [paths.job(PURCHASES), ['Change schedule', 'Pause', 'Ask the source now']],
      [paths.mapping(SYSTEM), ['Propose a mapping', 'Propose a list']],
      [paths.periods(), ['Change the chosen periods']],
      [paths.delivery(1), ['Retry now', 'Hold', 'Abort']],
      [paths.settings(), ['Add a person']],
      [paths.auditCheckpoints(), ['Sign now']],
      [paths.system(SYSTEM), [`Test the connection of ${PURCHASES}`]],
    ]
    for (const [address, buttons] of closed) {
      await page.goto(address)
      for (const name of buttons) await expectRefused(main.getByRole('button', { name, exact: true }), /Your role, Auditor/i)
    }
  })

  await test.step('the log is verified', async () => {
    await openAwake(page, paths.audit())
    await expect(main.getByRole('row').filter({ hasText: REASON }).first()).toBeVisible()
    await main.getByRole('link', { name: 'Verify' }).click()
    await main.getByRole('button', { name: 'Verify everything' }).click()
    await expect(main.getByText('Everything agrees')).toBeVisible({ timeout: 60_000 })
  })

  await test.step('the log, checked without us', async () => {
    await openAwake(page, paths.audit())
    await main.getByRole('button', { name: 'Evidence' }).click()
    const [log] = await Promise.all([
      page.waitForEvent('download'),
      main.getByRole('link', { name: 'The whole log (ZIP)' }).click(),
    ])
    const script = join(import.meta.dirname, '../server/platform/audit-log/verify-audit.mjs')
    const { status, stdout } = spawnSync(process.execPath, [script, await log.path()], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, expect.stringContaining('leaves are here, and their root is the signed one')])
  })

  await test.step('what they read and took is in the log', async () => {
    await openAwake(page, paths.audit({ actor: 'ada' }))
    for (const text of ['screen /periods', 'Format: zip'])
      await expect(main.getByRole('row').filter({ hasText: text }).first()).toBeVisible()
  })
})

test('admin: adds a person, who sees one entity and nothing beside it', async ({ signedInAs, browser }) => {
  const page = await signedInAs('admin')
  const person = `nora-${Date.now().toString(36)}`
  const password = 'a password for nora'

  await openAwake(page, paths.settings())
  await page.getByRole('link', { name: 'Add a person' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a person' })
  await dialog.getByLabel('Sign-in').fill(person)
  await dialog.getByLabel('Name', { exact: true }).fill('Nora North')
  await dialog.getByLabel('Entities').fill('AS01')
  await dialog.getByLabel('Password').fill(password)
  await dialog.getByRole('button', { name: 'Add the person' }).click()
  await expect(page.getByRole('row').filter({ hasText: person })).toContainText('AS01')

  const theirs = await browser.newContext({ baseURL: process.env.E2E_ADDRESS! })
  const herPage = await theirs.newPage()
  await signIn(herPage, person, password)
  await herPage.goto(paths.totals())
  const table = herPage.getByRole('main').getByRole('table').first()
  await expect(table).toContainText('AS01')
  for (const other of ['AS02', 'TI01']) await expect(table).not.toContainText(other)
  await herPage.goto(paths.lines({ entity: 'TI01' }))
  await expect(herPage.getByRole('main').locator('[data-row-link]')).toHaveCount(0)
  await theirs.close()
})

type Locator = ReturnType<Page['getByRole']>

async function expectRefused(button: Locator, why: RegExp): Promise<void> {
  await expect(button).toHaveAttribute('aria-disabled', 'true')
  await expect(button).toHaveAccessibleDescription(why)
}

async function setPeriod(page: Page, cell: string, button: string): Promise<void> {
  await openAwake(page, paths.periods({ around: '2027-05-15' }))
  await page.getByRole('main').getByRole('link', { name: cell }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Reason').fill(REASON)
  await dialog.getByRole('button', { name: button }).click()
  await expect(dialog).toBeHidden()
}

async function testConnection(page: Page, system: string, job: string): Promise<void> {
  await openAwake(page, paths.system(system))
  await page
    .getByRole('main')
    .getByRole('button', { name: `Test the connection of ${job}` })
    .click()
}
