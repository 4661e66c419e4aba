import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')
const tokens = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name ?? '', { light: light ?? '', dark: dark ?? '' }] as const,
  ),
)

const TEXT = 4.5
const MARK = 3
const STATUS = ['attention', 'broken', 'held', 'running', 'past']
const GROUNDS = ['ground', 'canvas', 'raised', 'hover']

// [what is drawn, what it is drawn on, the least contrast]
const PAIRS: readonly (readonly [string, string, number])[] = [
  ...['ink', 'ink-2', 'ink-3', 'accent', 'broken'].flatMap((ink) => GROUNDS.map((ground) => [ink, ground, TEXT] as const)),
  ...['ink', 'ink-2'].flatMap((ink) => STATUS.map((status) => [ink, `${status}-soft`, TEXT] as const)),
  ...STATUS.flatMap(
    (status) =>
      [
        [status, `${status}-soft`, TEXT],
        [status, 'ground', TEXT],
        [status, 'hover', TEXT],
      ] as const,
  ),
  ...STATUS.flatMap(
    (status) =>
      [
        [`${status}-mark`, 'ground', MARK],
        [`${status}-mark`, `${status}-soft`, MARK],
      ] as const,
  ),
  ['ink', 'accent-soft', TEXT],
  ['ink-2', 'accent-soft', TEXT],
  ['ink-3', 'accent-soft', TEXT],
  ['accent', 'accent-soft', TEXT],
  ['ink-3', 'past-soft', TEXT],
  ['accent-ink', 'accent', TEXT],
  ['accent-ink', 'accent-hover', TEXT],
  ['danger-ink', 'danger', TEXT],
  ['danger-ink', 'danger-hover', TEXT],
  ['past-bar-ink', 'past-bar', TEXT],
  ['past-bar-ink', 'past-bar-stripe', TEXT],
  ['control', 'ground', MARK],
  ['control', 'raised', MARK],
  ['source', 'ground', TEXT],
  ['target', 'ground', TEXT],
  ['mark-strong', 'ground', MARK],
  ['mark', 'ground', MARK],
]

test.each(PAIRS)('%s on %s is at least %d:1 in both themes', (drawn, on, least) => {
  for (const theme of ['light', 'dark'] as const) {
    expect(contrast(hex(drawn, theme), hex(on, theme)), theme).toBeGreaterThanOrEqual(least)
  }
})

function hex(name: string, theme: 'light' | 'dark'): string {
  const token = tokens.get(name)
  if (!token) throw new Error(`There is no colour token --${name}`)
  return token[theme]
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
