import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, expectAccessible, openAwake, test } from './fixtures.ts'

/** What the scripts of a page ask the server. */
const DATA = /\.data(\?|$)/
const WRITTEN = 'a note that took a while to write'
const NOT_HEARD = /ERR_FAILED|Failed to fetch|401 \(Unauthorized\)/

/** A note on the first exception, not sent yet. */
async function writeNote(page: Page) {
  await openAwake(page, paths.exceptions())
  await page.keyboard.press('j')
  await page.keyboard.press('c')
  const note = page.getByRole('dialog').getByRole('textbox', { name: 'Note' })
  await note.fill(WRITTEN)
  return note
}

test('what was written stays while the tower does not answer, and is sent once it does', async ({ signedInAs, complaints }) => {
  const page = await signedInAs('finance_operations')
  const note = await writeNote(page)
  const send = page.getByRole('dialog').getByRole('button', { name: 'Write a note' })
  await page.route(DATA, (route) => route.abort())
  await send.click()
  await expect(page.getByRole('dialog').getByText('The tower cannot be reached')).toBeVisible()
  await expect(note).toHaveValue(WRITTEN)
  await expectAccessible(page)
  await page.unroute(DATA)
  await page.getByRole('dialog').getByRole('link', { name: 'Leave as it is' }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
  expect(complaints.splice(0).filter((text) => !NOT_HEARD.test(text))).toEqual([])
})

test('whoever is signed out while writing keeps what was written', async ({ signedInAs, context, complaints }) => {
  const page = await signedInAs('finance_operations')
  const note = await writeNote(page)
  const cookies = await context.cookies()
  await context.clearCookies()
  await page.getByRole('dialog').getByRole('button', { name: 'Write a note' }).click()
  await expect(page.getByRole('dialog').getByText('You are no longer signed in')).toBeVisible()
  await expect(note).toHaveValue(WRITTEN)
  await context.addCookies(cookies)
  expect(complaints.splice(0).filter((text) => !NOT_HEARD.test(text))).toEqual([])
})

test('a page that takes its time says so, and only then', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.runs())
  const rail = page.getByRole('navigation', { name: 'Main' })
  const waits = page.getByText('Loading…')
  await page.route(DATA, async (route) => {
    await new Promise((done) => setTimeout(done, 12_000))
    await route.continue()
  })
  await rail.getByRole('link', { name: 'Exceptions' }).click()
  await expect(waits).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Runs', level: 1 })).toBeVisible()
  await expect(waits).toContainText('takes longer than it should', { timeout: 12_000 })
  await expectAccessible(page)
  await expect(page.getByRole('heading', { name: 'Exceptions', level: 1 })).toBeVisible({ timeout: 15_000 })
  await expect(waits).toHaveCount(0)
})

test('a page that could not be loaded comes back by itself', async ({ signedInAs, complaints }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.runs())
  await page.route(DATA, (route) => route.abort())
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Periods' }).click()
  await expect(page.getByRole('heading', { name: 'The tower cannot be reached' })).toBeVisible()
  await expectAccessible(page)
  await page.unroute(DATA)
  await expect(page.getByRole('heading', { name: 'The tower cannot be reached' })).toBeHidden()
  expect(complaints.splice(0).filter((text) => !NOT_HEARD.test(text))).toEqual([])
})

test('a view that names what is no filter any more leads back to the list', async ({ signedInAs, complaints }) => {
  const page = await signedInAs('finance_operations')
  await page.goto(`${paths.exceptions()}?age=99-100&saved=4`)
  await page.getByRole('link', { name: 'Open it without filters' }).click()
  await expect(page.getByRole('heading', { name: 'Exceptions' })).toBeVisible()
  expect(complaints.splice(0).filter((text) => !text.includes('422'))).toEqual([])
})
