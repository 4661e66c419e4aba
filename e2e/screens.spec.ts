import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page, TestInfo } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, openAwake, test } from './fixtures.ts'
import { numbered, PAGES } from './pages.ts'
import { palettePng } from './palette-png.ts'

/** `SCREENS=keep` writes them into docs/screens; otherwise they are taken to the output of the tests only. */
const KEPT = join(import.meta.dirname, '..', 'docs', 'screens')
/** States that look like their neighbours: they are judged, not kept. */
const NOT_KEPT = [
  'Tower, days',
  'Control totals, periods across',
  'Exceptions, control',
  'its repeated records',
  'a list of mappings to propose',
  'a mapping that is empty',
  'Control totals, versions across',
  'What waits, loads',
  'Exceptions, technical',
  'its trace with statements',
  'Feeds, missing',
  'Feeds, expected',
  'an exception to assign',
  'the severity of an exception',
  'a system that does not answer',
  'the mapping of a system',
]
const NARROW = { width: 1280, height: 800 }
const USUAL = { width: 1440, height: 900 }

test.describe.configure({ timeout: 300_000 })

test('every screen, in the light and in the dark; at 1280 nothing has to be scrolled sideways', async ({ signedInAs }, info) => {
  const page = await signedInAs('finance_operations')
  for (const [name, address] of Object.entries(PAGES)) {
    await page.goto(await numbered(page.request, address))
    await expectToFit(page, name)
    if (!NOT_KEPT.includes(name)) await takePictures(page, name, info)
  }
  await page.goto(paths.lines())
  await page.getByRole('main').locator('[data-row-link]').first().click()
  await expect(page).toHaveURL(/\/lines\/\d+/)
  await expectToFit(page, 'a line')
  await takePictures(page, 'a line', info)
})

test('the door, the palette and the keys', async ({ page, signedInAs }, info) => {
  await page.goto(paths.signIn())
  await expectToFit(page, 'the door')
  await takePictures(page, 'the door', info)
  await signedInAs('finance_operations')
  await openAwake(page, paths.tower())
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await expect(palette.getByRole('combobox')).toBeFocused()
  await page.keyboard.type('run 1')
  await expect(palette.getByRole('option').first()).toContainText('Run 1')
  await takePictures(page, 'the palette', info)
  await page.keyboard.press('Escape')
  await page.locator('h1').click()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await takePictures(page, 'the keys', info)
})

async function expectToFit(page: Page, name: string): Promise<void> {
  await page.setViewportSize(NARROW)
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(tooWide, `${name}: pixels wider than ${NARROW.width}`).toBeLessThanOrEqual(0)
  await page.setViewportSize(USUAL)
}

async function takePictures(page: Page, name: string, info: TestInfo): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const picture = await page.screenshot({ animations: 'disabled', fullPage: name.startsWith('Tower') })
    const file = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${colorScheme}.png`
    const isKept = process.env.SCREENS === 'keep'
    const path = isKept ? join(KEPT, file) : info.outputPath(file)
    if (isKept) await mkdir(KEPT, { recursive: true })
    await writeFile(path, isKept ? palettePng(picture) : picture)
  }
}
