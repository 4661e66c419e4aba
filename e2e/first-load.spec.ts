import { paths } from '#app/paths.ts'
import { expect, expectAccessible, expectToFit, signIn, test } from './fixtures.ts'

test('the door: accessible, and a wrong password stays outside', async ({ page, complaints }) => {
  await page.goto(paths.runs())
  await expect(page).toHaveURL(/\/sign-in/)
  await expectToFit(page, 'the door')
  await expectAccessible(page)
  await page.getByLabel('Sign-in', { exact: true }).fill('fiona')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Sign-in or password is wrong')).toBeVisible()
  // The browser reports every 401 of its own accord.
  expect(complaints.splice(0).filter((text) => !text.includes('401'))).toEqual([])
})

test('finance operations finds the runs, the figures and what went wrong', async ({ page }) => {
  await signIn(page, 'fiona')
  const rail = page.getByRole('navigation', { name: 'Main' })

  await rail.getByRole('link', { name: 'Runs' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Runs' })).toBeVisible()
  const held = page.getByRole('row').filter({ hasText: 'Held: 1 stated figure does not agree. Nothing was published.' }).first()
  await expect(held).toBeVisible()

  await held.getByRole('link').first().click()
  await expect(page).toHaveURL(/\/runs\/\d+/)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  await rail.getByRole('link', { name: 'Control totals' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Control totals' })).toBeVisible()
  await expect(page.getByRole('main').getByRole('table').getByText('AS01').first()).toBeVisible()

  await rail.getByRole('link', { name: 'Exceptions' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Exceptions' })).toBeVisible()
  await expect(page.getByRole('main').getByText('Cost centre CC471 is inactive').first()).toBeVisible()
})

test('what is fetched by a person who is not signed in is the door', async ({ request }) => {
  for (const address of [
    paths.tower(),
    paths.totals(),
    paths.lines(),
    paths.runs(),
    paths.exceptions(),
    paths.jobs(),
    paths.audit(),
  ]) {
    const answer = await request.get(address, { maxRedirects: 0 })
    expect([answer.status(), answer.headers().location]).toEqual([302, paths.signIn({ returnTo: address })])
  }
})
