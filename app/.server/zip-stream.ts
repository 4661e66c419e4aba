import { Readable } from 'node:stream'
import { createReadableStreamFromReadable } from '@remix-run/node'
import { zipBytes, type ZipEntry } from '#server/platform/zip.ts'
import { asDownload } from './csv.ts'

/** A download of several files, packed as they are read. All together stay below 4 GiB: whoever calls sees to that. */
export function zipStream(fileName: string, entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>, at: Date): Response {
  const bytes = Readable.from(zipBytes(entries, at), { objectMode: false })
  return new Response(createReadableStreamFromReadable(bytes), {
    headers: { 'Content-Type': 'application/zip', ...asDownload(fileName) },
  })
}
