import { Buffer } from 'node:buffer'

/** The only source of chance: the same seed makes the same file. */
export type Chance = { whole(low: number, high: number): number; pick<T>(from: readonly T[]): T }

export type Mutation = (bytes: Buffer, chance: Chance) => Buffer

export const place = (bytes: Buffer, chance: Chance) => chance.whole(0, bytes.length + 1)

export const splice = (bytes: Buffer, at: number, removed: number, added: string | Uint8Array = ''): Buffer =>
  Buffer.concat([
    bytes.subarray(0, at),
    typeof added === 'string' ? Buffer.from(added) : added,
    bytes.subarray(Math.min(at + removed, bytes.length)),
  ])

export function piece(bytes: Buffer, chance: Chance): [from: number, to: number] {
  const from = place(bytes, chance)
  return [from, Math.min(bytes.length, from + chance.pick([1, 2, 7, 40, 300]))]
}

export const inserted = (bytes: Buffer, chance: Chance, texts: readonly (string | Uint8Array)[]) =>
  splice(bytes, place(bytes, chance), chance.pick([0, 0, 1]), chance.pick(texts))

/** Replaces what the pattern finds at one place, chosen by chance, by one of the texts. */
export function replaced(bytes: Buffer, chance: Chance, pattern: RegExp, texts: readonly string[]): Buffer {
  const found = [...bytes.toString('latin1').matchAll(pattern)]
  if (found.length === 0) return bytes
  const { index, 0: text } = chance.pick(found)
  return splice(bytes, index, text.length, chance.pick(texts))
}
