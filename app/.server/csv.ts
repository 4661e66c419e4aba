import { createReadableStreamFromReadable } from '@remix-run/node'
import { Readable } from 'node:stream'

/** A download of bytes as they are: never opened in the browser, whatever they hold. */
export function bytesResponse(fileName: string, bytes: AsyncIterable<Uint8Array>, byteCount: number): Response {
  return new Response(createReadableStreamFromReadable(Readable.from(bytes)), {
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Length': `${byteCount}`, ...asDownload(fileName) },
  })
}

export function asDownload(fileName: string): Record<string, string> {
  const plain = fileName.replace(/[^\w. -]/g, '_')
  return {
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    'Cache-Control': 'private, no-store',
  }
}
