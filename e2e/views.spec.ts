import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, test } from './fixtures.ts'

test('a view is saved, opens with the list, shows that it was modified, and comes back when it was removed', async ({
  signedInAs,
}) => {
  const page = await signedInAs('finance_operations')
  const rail = page.getByRole('navigation', { name: 'Main' })
  await openAwake(page, paths.runs({ status: 'held' }))
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Name').fill('Held by the journey')
  await page.getByLabel('The list opens with it').check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Save this view' }).click()
  await expect(page).toHaveURL(/status=held&saved=\d+/)

  await openAwake(page, paths.tower())
  await rail.getByRole('link', { name: 'Runs' }).click()
  await expect(page).toHaveURL(/status=held&saved=\d+/)
  const view = page.getByRole('button', { name: 'Held by the journey' })
  await expect(view).not.toContainText('modified')
  await page.getByRole('combobox', { name: 'Status' }).selectOption('failed')
  await expect(view).toContainText('modified')

  await view.click()
  await page.getByRole('link', { name: 'Reset to Held by the journey' }).click()
  await expect(page).toHaveURL(/status=held&saved=\d+/)

  await view.click()
  await page.getByRole('button', { name: 'Remove Held by the journey' }).click()
  await expect(page.getByText('View “Held by the journey” removed.')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(view).toBeVisible()
  await view.click()
  await page.getByRole('button', { name: 'Remove Held by the journey' }).click()
  await expect(rail.getByRole('link', { name: 'Runs' })).toHaveAttribute('href', /^\/runs(?!.*saved)/)
})

test('a view keeps columns and row height, and is renamed; one of the team goes only after a question, and by an administrator too', async ({
  signedInAs,
}) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.runs())
  const took = page.getByRole('columnheader', { name: 'Took' })
  const rows = () =>
    page
      .locator('main tbody tr')
      .first()
      .evaluate((row) => getComputedStyle(row).getPropertyValue('--row'))
  const setColumn = async (show: boolean) => {
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Took' }).setChecked(show)
    await page.keyboard.press('Escape')
  }
  await setColumn(false)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Name').fill('Narrow of the team')
  await page.getByLabel('For the whole team').check()
  await page.getByRole('button', { name: 'Save this view' }).click()
  await expect(page).toHaveURL(/saved=\d+/)
  const view = page.getByRole('button', { name: 'Narrow of the team' })
  await setColumn(true)
  await expect(took).toBeVisible()
  await expect(view).toContainText('modified')
  await view.click()
  await page.getByRole('link', { name: 'Reset to Narrow of the team' }).click()
  await expect(took).toHaveCount(0)
  await expect(view).not.toContainText('modified')
  const address = new URL(page.url())

  // What the view keeps is not what its owner prefers elsewhere, and the other way round.
  await setColumn(true)
  await openAwake(page, paths.runs())
  await expect(took).toHaveCount(0)
  await setColumn(true)
  await openAwake(page, address.pathname + address.search)
  await expect(took).toHaveCount(0)

  await view.click()
  await page.getByRole('button', { name: 'Rename Narrow of the team' }).click()
  await page.getByLabel('New name of Narrow of the team').fill('Narrow')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Rename', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Narrow', exact: true })).toBeVisible()

  const admin = await signedInAs('admin')
  await openAwake(admin, address.pathname + address.search)
  await expect(took).toHaveCount(0)
  expect(await rows()).toBe('36px')
  await admin.getByRole('button', { name: 'Narrow', exact: true }).click()
  await admin.getByRole('button', { name: 'Remove Narrow' }).click()
  await expect(admin.getByText('goes for the whole team')).toContainText('Nobody else opens the list with it.')
  await expectAccessible(admin)
  await admin.getByRole('button', { name: 'Remove it for everybody' }).click()
  await expect(admin.getByText('View “Narrow” removed.')).toBeVisible()
  await expect(admin.getByRole('button', { name: 'Views' })).toBeVisible()
})

test('an auditor is told why no view can be kept', async ({ signedInAs }) => {
  const page = await signedInAs('auditor')
  await page.goto(paths.runs())
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name: 'Save this view' }).focus()
  await expect(page.getByRole('tooltip').filter({ visible: true })).toContainText('An auditor looks and changes nothing')
})

test('an export is the view: its rows, its filters in the name, a workbook', async ({ signedInAs, context }) => {
  const page = await signedInAs('finance_operations')
  await page.goto(paths.runs({ status: 'held' }))
  await page.getByRole('button', { name: 'Export' }).click()
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()])
  expect(csv.suggestedFilename()).toMatch(/^runs_status-held_as-of-\d+_[\dT-]+Z_fiona\.csv$/)
  const rows = await page.locator('main tbody tr').count()
  const text = await (await context.request.get(`/runs.csv?status=held`)).text()
  expect(text.trim().split('\r\n')).toHaveLength(rows + 1)
  const workbook = await context.request.get('/runs.xlsx?status=held')
  expect((await workbook.body()).subarray(0, 2).toString()).toBe('PK')
})
