import { randomUUID } from 'node:crypto'
import type { APIRequestContext } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, openAwake, test } from './fixtures.ts'

/** The entities of the demonstration once more, byte for byte: a run that changes nothing. */
async function loadAgain(request: APIRequestContext): Promise<void> {
  const buffer = await (await request.get(paths.artifactBytes(1))).body()
  const file = { name: 'entities-again.csv', mimeType: 'text/csv', buffer }
  const answer = await request.post(paths.upload(), {
    multipart: { job: 'northgate-entities', idempotencyKey: randomUUID(), file },
    maxRedirects: 0,
  })
  expect(answer.status()).toBeLessThan(400)
}

test('a run that somebody else starts waits at the top of the list until it is asked for', async ({ signedInAs, context }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.runs())
  const links = page.locator('main [data-row-link]')
  const before = await links.allTextContents()
  await links.nth(2).focus()

  await loadAgain(context.request)
  const show = page.getByRole('button', { name: '1 new · show' })
  await expect(show).toBeVisible()
  expect(await links.allTextContents()).toEqual(before)
  await expect(links.nth(2)).toBeFocused()

  await show.click()
  await expect(links).toHaveCount(before.length + 1)
  expect((await links.allTextContents()).slice(1)).toEqual(before)
})

test('while text is marked nothing moves, and the frame says so', async ({ signedInAs, context }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.tower())
  await page.locator('h1').dblclick()
  await loadAgain(context.request)
  const show = page.getByRole('button', { name: 'Something changed · show' })
  await expect(show).toBeVisible()
  await show.click()
  await expect(show).toBeHidden()
})

test('a page that no longer hears of changes says so, and hears again', async ({ signedInAs, complaints }) => {
  const page = await signedInAs('finance_operations')
  await openAwake(page, paths.runs())
  await page.route(`**${paths.events()}`, (route) => route.abort())
  // Another page and back: the stream is opened anew, which now fails.
  await page.evaluate(() => {
    for (const state of ['hidden', 'visible']) {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
      document.dispatchEvent(new Event('visibilitychange'))
    }
  })
  await expect(page.getByText('not live')).toBeVisible()
  await page.unroute(`**${paths.events()}`)
  await expect(page.getByText('not live')).toBeHidden()
  // The browser reports every stream that fails of its own accord.
  expect(complaints.splice(0).filter((text) => !text.includes('ERR_FAILED'))).toEqual([])
})

test('only who is signed in hears anything', async ({ request }) => {
  const answer = await request.get(paths.events(), { maxRedirects: 0 })
  expect(answer.status()).toBe(302)
})
