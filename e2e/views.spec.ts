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
  await page.getByLabel('Status').selectOption('failed')
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
