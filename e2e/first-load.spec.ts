import { paths } from '#app/paths.ts'
import { expect, expectAccessible, signIn, test } from './fixtures.ts'

test('the door: accessible, and a wrong password stays outside', async ({ page, complaints }) => {
  await page.goto(paths.tower())
  await expect(page).toHaveURL(/\/sign-in/)
  await expectAccessible(page)
  await page.getByLabel('Sign-in', { exact: true }).fill('fiona')
  await page.getByLabel('Password', { exact: true }).fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Sign-in or password is wrong')).toBeVisible()
  // The browser reports every 401 of its own accord.
  expect(complaints.splice(0).every((text) => text.includes('401'))).toBe(true)
})
