import type { KeyObject } from 'node:crypto'
import type { KeyStore } from './key-store.ts'

/** Keeps its key for as long as the test lives. `lose` is what a lost data directory does. */
export function keyInMemory(): KeyStore & { lose(): void } {
  let kept: KeyObject | null = null
  return {
    read: () => Promise.resolve(kept),
    async keep(key) {
      kept = key
    },
    lose() {
      kept = null
    },
  }
}

/** Everything a bundle says, as the text of its file. */
export async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}
