import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { paths } from '#app/paths.ts'
import { expect, openAwake, test } from './fixtures.ts'
import { numbered, PAGES } from './pages.ts'
import { palettePng } from './palette-png.ts'

/** Taken where `SCREENS=keep` asks for them. */
const KEPT = join(import.meta.dirname, '..', 'docs', 'screens')
/** States that look like their neighbours. */
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

test.describe.configure({ timeout: 300_000 })

test('every screen, in the light and in the dark', async ({ signedInAs }) => {
  const page = await signedInAs('finance_operations')
  for (const [name, address] of Object.entries(PAGES)) {
    if (NOT_KEPT.includes(name)) continue
    await page.goto(await numbered(page.request, address))
    await takePictures(page, name)
  }
  await page.goto(paths.lines())
  await page.getByRole('main').locator('[data-row-link]').first().click()
  await expect(page).toHaveURL(/\/lines\/\d+/)
  await takePictures(page, 'a line')
})

test('the door, the palette and the keys', async ({ page, signedInAs }) => {
  await page.goto(paths.signIn())
  await takePictures(page, 'the door')
  await signedInAs('finance_operations')
  await openAwake(page, paths.tower())
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog', { name: 'Search and commands' })
  await expect(palette.getByRole('combobox')).toBeFocused()
  await page.keyboard.type('run 1')
  await expect(palette.getByRole('option').first()).toContainText('Run 1')
  await takePictures(page, 'the palette')
  await page.keyboard.press('Escape')
  await page.locator('h1').click()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await takePictures(page, 'the keys')
})

async function takePictures(page: Page, name: string): Promise<void> {
  await mkdir(KEPT, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const picture = await page.screenshot({ animations: 'disabled', fullPage: name.startsWith('Tower') })
    await writeFile(join(KEPT, `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${colorScheme}.png`), palettePng(picture))
  }
}
