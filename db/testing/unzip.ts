import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { fromBuffer, type Entry, type ZipFile } from 'yauzl'

const open = promisify((bytes: Buffer, done: (error: Error | null, zip: ZipFile) => void) =>
  fromBuffer(bytes, { lazyEntries: true }, done),
)

/** Unpacks a ZIP into a folder, as anybody would. Returns the names, in their order. */
export async function unzipTo(bytes: Uint8Array, folder: string): Promise<string[]> {
  const zip = await open(Buffer.from(bytes))
  const names: string[] = []
  await new Promise<void>((done, fail) => {
    zip.on('error', fail).on('end', done)
    zip.on('entry', (entry: Entry) => {
      unpack(zip, entry, folder).then(() => zip.readEntry(), fail)
      names.push(entry.fileName)
    })
    zip.readEntry()
  })
  return names
}

async function unpack(zip: ZipFile, entry: Entry, folder: string): Promise<void> {
  const stream = await promisify(
    zip.openReadStream.bind(zip) as (e: Entry, done: (error: Error | null, s: NodeJS.ReadableStream) => void) => void,
  )(entry)
  const path = join(folder, entry.fileName)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await buffer(stream))
}
