import { expect, type Page } from '@playwright/test'
import axe from 'axe-core'

const MARK = 'data-colours'
/** The page is the same in the dark but for its colours: these are judged again. */
const RULES = {
  light: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  dark: ['color-contrast', 'link-in-text-block'],
}
/** Rows of a long table are made by one function: the first have all its parts, and those that are marked its colours. */
const LATER_ROWS = `main tbody tr:nth-child(n + 13):not(:has([${MARK}]))`

/** No accessibility fault that a machine can find, in the light and in the dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Colours that are still fading are measured as neither the one nor the other.
    await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))))
    // Contrast is most of the work, so each pair of colours is judged where it is found first.
    await page.evaluate(markColours, MARK)
    const faults = await page.evaluate(faultsOf, { runOnly: RULES[colorScheme], mark: MARK, leftOut: LATER_ROWS })
    expect(faults, `${new URL(page.url()).pathname} in the ${colorScheme}`).toEqual([])
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null })
}

async function faultsOf({ runOnly, mark, leftOut }: { runOnly: string[]; mark: string; leftOut: string }): Promise<string[]> {
  const { axe } = window
  axe.configure({ rules: [{ id: 'color-contrast', selector: `[${mark}]` }] })
  // Without a list of what is in order: of a long table that list takes two thirds of the time.
  const { violations } = await axe.run({ exclude: leftOut }, { runOnly, resultTypes: ['violations'] })
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help}\n  ${target.join(' ')}\n  ${failureSummary?.replaceAll('\n', ' ')}`,
    ),
  )
}

/** Marks what is seen of every colour, size and background there is: a few of each, for one may lie under something. */
function markColours(mark: string): void {
  const FEW = 3
  const seen = new Map<string, number>()
  const grounds = new Map<Element, string>()
  for (const element of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(element)
    const ground = `${grounds.get(element.parentElement!) ?? ''} ${layerOf(style)}`.trim()
    grounds.set(element, ground)
    const isOff = element.closest(':disabled, [aria-disabled=true]') !== null
    const look = [style.color, style.fontSize, style.fontWeight, ground, isOff].join()
    const times = seen.get(look) ?? 0
    const isJudged = times < FEW && isText(element) && element.checkVisibility() && !element.closest('.visually-hidden')
    element.toggleAttribute(mark, isJudged)
    if (isJudged) seen.set(look, times + 1)
  }

  function isText(element: Element): boolean {
    if (element.matches('input, select, textarea')) return true
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim())
  }

  function layerOf({ backgroundColor, backgroundImage, opacity }: CSSStyleDeclaration): string {
    const color = backgroundColor === 'rgba(0, 0, 0, 0)' ? '' : backgroundColor
    return `${color}${backgroundImage === 'none' ? '' : backgroundImage}${opacity === '1' ? '' : opacity}`
  }
}

declare global {
  interface Window {
    axe: typeof axe
  }
}
