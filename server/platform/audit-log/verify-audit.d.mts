import type { KeyObject } from 'node:crypto'

export type Note = {
  readonly body: string
  readonly origin: string
  readonly size: number
  readonly root: Buffer
  readonly signedAt: string
  readonly signatures: readonly { readonly name: string; readonly id: string; readonly bytes: Buffer }[]
}
export type Key = { readonly name: string; readonly id: string; readonly publicKey: KeyObject }
export type Kept = { readonly name: string; readonly note: Note }
export type Report = {
  readonly faults: readonly string[]
  readonly proved: readonly string[]
  readonly notes: readonly string[]
  readonly records: number
}

export function leafHash(content: string | Uint8Array): Buffer
export function canonical(value: unknown): string
export class Tree {
  readonly size: number
  add(leaf: Uint8Array): void
  root(): Buffer
}
export function isIncluded(index: number, size: number, leaf: Uint8Array, proof: readonly Uint8Array[], root: Uint8Array): boolean
export function isConsistent(
  older: number,
  olderRoot: Uint8Array,
  size: number,
  root: Uint8Array,
  proof: readonly Uint8Array[],
): boolean
export function readNote(text: string): Note | null
export function readKey(text: string): Key | null
export function signerOf(
  note: Pick<Note, 'body' | 'origin' | 'signatures'>,
  keys: readonly Key[],
): { readonly key?: Key; readonly fault?: string }
export function verifyBundle(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  given?: { readonly keys?: readonly Key[]; readonly checkpoints?: readonly Kept[] },
): Promise<Report>
export function openBundle(path: string): AsyncIterable<Buffer>
