import { createRequire } from 'node:module'
import { Font } from '@react-pdf/renderer'

const { resolve } = createRequire(import.meta.url)
const WRITINGS = ['latin', 'latin-ext', 'greek', 'cyrillic'] as const
// WOFF and not WOFF2: of the latter composite letters cannot be embedded by the fontkit that goes with the renderer.
const file = (writing: string, weight: number) => resolve(`@fontsource/inter/files/inter-${writing}-${weight}-normal.woff`)

/** The faces of the screens. A letter that one file does not have is taken from the next. */
export const TEXT = WRITINGS.map((writing) => `Inter ${writing}`)
/** Of hashes: every reader of PDF has it. */
export const CODE = 'Courier'

let isReady = false

export function registerFonts(): void {
  if (isReady) return
  isReady = true
  for (const writing of WRITINGS)
    Font.register({
      family: `Inter ${writing}`,
      fonts: [
        { src: file(writing, 400), fontWeight: 400 },
        { src: file(writing, 600), fontWeight: 600 },
      ],
    })
  // Never a hyphen where none was written: keys and codes are copied from here. What is too long for a line is broken anywhere.
  Font.registerHyphenationCallback((word) => [word])
}
