import { createHash } from 'node:crypto'
import type { Database } from '#db/client.ts'
import type { ZipContent, ZipEntry } from '#server/platform/zip.ts'
import { readEvidenceBytes } from '../reads/evidence-file.ts'
import type { Pack } from './gather-pack.ts'
import { linesSheet } from './lines-sheet.ts'
import { packManifest, type PackedEvidence, type PackedFile } from './manifest.ts'
import { linesCsv, type LinesSeen } from './pack-lines.ts'
import { sheetOf, type Sheet } from './sheet/sheet-of.ts'

type Made = { readonly by: string; readonly at: Date; readonly renderSheet: (sheet: Sheet) => Promise<Uint8Array> }

/**
 * The files of one reconciliation, each made when it is asked for and hashed while it goes out; the manifest comes last, because it has
 * their hashes. `beside`: files that go into the same folder. `told`: hears of the manifest.
 */
export async function* packEntries(
  db: Database,
  pack: Pack,
  { by, at, renderSheet }: Made,
  { folder = '', beside = [], told }: { folder?: string; beside?: readonly ZipEntry[]; told?: PackedFile[] } = {},
): AsyncGenerator<ZipEntry> {
  const files: PackedFile[] = []
  const seen: LinesSeen = { rows: {}, sheet: [] }
  const packed = (name: string, content: ZipContent) => noted([{ name, content }], files, folder)
  yield* noted(beside, files, folder)
  yield* packed('sheet.pdf', await renderSheet(sheetOf(pack, { by, at })))
  yield* packed('lines.csv', linesCsv(db, pack, seen))
  yield* packed('lines.xlsx', await linesSheet(pack, seen))
  if (pack.certification && !pack.isSealHidden) yield* packed('seal.json', pack.certification.seal)
  const evidence: PackedEvidence[] = []
  for (const one of pack.body.evidence) {
    const row = pack.evidence.find(({ name, sha256 }) => name === one.name && sha256 === one.sha256)
    const bytes = row ? await readEvidenceBytes(db, row) : null
    const file = row && bytes ? `evidence/${row.evidenceId}-${row.name}` : null
    evidence.push({ ...one, file })
    if (file && bytes) yield* packed(file, bytes)
  }
  const manifest = await packManifest(db, pack, { files, evidence, seen, by, at })
  yield* noted([{ name: `${folder}manifest.json`, content: `${JSON.stringify(manifest, null, 1)}\n` }], told ?? [])
}

/** Entries as they are, and the hash of each once it has gone out. */
export function* noted(entries: Iterable<ZipEntry>, files: PackedFile[], folder = ''): Generator<ZipEntry> {
  for (const { name, content } of entries)
    yield { name: `${folder}${name}`, content: hashed(content, (sums) => files.push({ name, ...sums })) }
}

async function* hashed(
  content: ZipContent,
  tell: (sums: { sha256: string; byteCount: number }) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let byteCount = 0
  for await (const piece of typeof content === 'string' || content instanceof Uint8Array ? [content] : content) {
    const bytes = Buffer.from(piece)
    hash.update(bytes)
    byteCount += bytes.length
    yield bytes
  }
  tell({ sha256: hash.digest('hex'), byteCount })
}
