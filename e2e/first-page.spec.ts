import { gzipSync } from 'node:zlib'
import { paths } from '#app/paths.ts'
import { expect, test } from './fixtures.ts'

const SCRIPT_BYTES_MAX = 200 * 1024

test('the first page takes less than 200 kB of script, packed, and nothing on it moves', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  const scripts = new Map<string, number>()
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), gzipSync(await response.body()).length)
  })
  await page.goto('about:blank')
  await page.goto(paths.tower())
  // What a browser does of its own accord after the page is there counts as well: charts and whatever else is loaded late.
  await page.waitForTimeout(2_000)
  const sum = [...scripts.values()].reduce((all, bytes) => all + bytes, 0)
  console.log(`first page: ${Math.round(sum / 1024)} kB of script in ${scripts.size} files`)
  expect(scripts.size).toBeGreaterThan(3)
  expect(sum, 'bytes of script, gzipped').toBeLessThan(SCRIPT_BYTES_MAX)

  const shift = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        new PerformanceObserver((list) => {
          done(list.getEntries().reduce((all, entry) => all + (entry as PerformanceEntry & { value: number }).value, 0))
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => done(0), 500)
      }),
  )
  expect(shift, 'layout shift').toBeLessThan(0.01)
})
