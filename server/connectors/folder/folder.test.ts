import { execFileSync } from 'node:child_process'
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { folder, FolderSettings, listFolder } from './folder.ts'
import { matchesGlob } from './glob.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'folder-'))
  await mkdir(join(root, 'in'))
})
afterEach(() => rm(root, { recursive: true }))

test('lists the files that match, in the order of their names, without folders and hidden files', async () => {
  await Promise.all(['b.csv', 'a.csv', 'B.csv', 'ä.csv', 'a.txt', '.hidden.csv', 'a10.csv', 'a9.csv'].map((name) => put(name)))
  await mkdir(join(root, 'in', 'sub.csv'))
  expect(await names({ pattern: '*.csv' })).toEqual(['B.csv', 'a.csv', 'a10.csv', 'a9.csv', 'b.csv', 'ä.csv'])
  expect((await listFolder(settings({ pattern: 'a.*' }), none))[0]).toMatchObject({
    name: 'a.csv',
    bytes: 4,
    modifiedAt: expect.any(Date),
  })
})

test('leaves a file alone that is still being written, whatever date it claims', async () => {
  await put('writing.csv')
  await put('copied-with-old-date.csv')
  await utimes(join(root, 'in', 'copied-with-old-date.csv'), new Date(0), new Date(0))
  expect(await names({ settleMs: 60_000 })).toEqual([])
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(await names({ settleMs: 50 })).toEqual(['copied-with-old-date.csv', 'writing.csv'])
})

test('without a time to settle, a file counts in the instant it is written', async () => {
  for (let time = 0; time < 50; time++) {
    await put('a.csv', `${time}`)
    expect(await names()).toEqual(['a.csv'])
  }
})

test('a date in the future does not keep a file waiting for ever', async () => {
  await put('future.csv')
  await utimes(join(root, 'in', 'future.csv'), new Date('2126-01-01'), new Date('2126-01-01'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(await names({ settleMs: 20 })).toEqual(['future.csv'])
})

test('a link inside the folder is a file, one that leaves it is refused by itself, one to nothing is ignored', async () => {
  await put('real.csv')
  await symlink(join(root, 'in', 'real.csv'), join(root, 'in', 'link.csv'))
  await symlink(join(root, 'nowhere'), join(root, 'in', 'nothing.csv'))
  expect(await names()).toEqual(['link.csv', 'real.csv'])

  // Begins with the same letters as the folder: a comparison of text alone would let it in.
  await mkdir(join(root, 'in-secret'))
  await writeFile(join(root, 'in-secret', 'key'), 'secret')
  await symlink(join(root, 'in-secret', 'key'), join(root, 'in', 'leak.csv'))
  expect(await names()).toEqual(['leak.csv', 'link.csv', 'real.csv'])
  await expect(readFile('leak.csv')).rejects.toMatchObject({
    code: 'source_refused',
    detail: 'leak.csv is a link that leaves the folder; remove it',
  })
  expect(await readFile('link.csv')).toBe('data')
})

test('a file that was swapped for a link after it was listed is not followed', async () => {
  await writeFile(join(root, 'secret'), 'data')
  await put('a.csv')
  for await (const { bytes } of extract()) {
    await rm(join(root, 'in', 'a.csv'))
    await symlink(join(root, 'secret'), join(root, 'in', 'a.csv'))
    await expect(read(bytes)).rejects.toMatchObject({ code: 'source_not_found' })
  }
})

test('a file that changes while it is read is cut short, not half old and half new', async () => {
  await put('a.csv', 'x'.repeat(1_000_000))
  for await (const { bytes } of extract()) {
    const partly = (async () => {
      // A sender that never stops must not keep us reading for ever.
      for await (const _ of bytes) await appendFile(join(root, 'in', 'a.csv'), 'x'.repeat(400_000))
    })()
    await expect(partly).rejects.toMatchObject({ code: 'source_cut_short' })
  }
  await put('a.csv', 'old')
  for await (const { bytes } of extract()) {
    await put('other.csv', 'new')
    await rename(join(root, 'in', 'other.csv'), join(root, 'in', 'a.csv'))
    const firstChunk = bytes[Symbol.asyncIterator]().next()
    await expect(firstChunk).rejects.toMatchObject({ code: 'source_cut_short' })
  }
})

test('pipes, folders and what vanishes are passed over; an empty file and an odd name are deliveries', async () => {
  execFileSync('mkfifo', [join(root, 'in', 'a-pipe.csv')])
  await mkdir(join(root, 'in', 'b-folder.csv'))
  await put('c-empty.csv', '')
  await put('d\nline \u202E"end".csv', 'odd')
  const odd = 'd\nline \u202E"end".csv'
  expect(await names()).toEqual(['c-empty.csv', odd])
  expect([await readFile('a-pipe.csv'), await readFile('c-empty.csv'), await readFile(odd)]).toEqual([null, '', 'odd'])

  await put('e.csv', 'gone')
  const vanished = (async () => {
    for await (const { bytes } of extract('e.csv')) {
      await rm(join(root, 'in', 'e.csv'))
      await read(bytes)
    }
  })()
  await expect(vanished).rejects.toMatchObject({ code: 'source_not_found', detail: 'e.csv is not there' })
})

test('a file that was swapped for a pipe or a folder after it was listed is not waited for', async () => {
  for (const swap of [(path: string) => void execFileSync('mkfifo', [path]), (path: string) => mkdir(path)]) {
    await put('a.csv')
    for await (const { bytes } of extract()) {
      await rm(join(root, 'in', 'a.csv'))
      await swap(join(root, 'in', 'a.csv'))
      await expect(read(bytes)).rejects.toMatchObject({ code: 'source_cut_short' })
    }
    await rm(join(root, 'in', 'a.csv'), { recursive: true })
  }
})

test('a name that is no text is told, not passed over for ever, and keeps no other back', async () => {
  await writeFile(Buffer.concat([Buffer.from(join(root, 'in', 'l')), Buffer.from([0xf8]), Buffer.from('nn.csv')]), 'data')
  await put('good.csv')
  expect(await names()).toEqual(['good.csv', 'l\uFFFDnn.csv'])
  await expect(readFile('l\uFFFDnn.csv')).rejects.toMatchObject({
    code: 'source_refused',
    detail: expect.stringContaining('is not UTF-8; rename the file'),
  })
  expect(await readFile('good.csv')).toBe('data')
})

test('says what is wrong with the folder', async () => {
  await put('a.csv')
  await expect(names({ path: join(root, 'away') })).rejects.toMatchObject({ code: 'source_not_found', detail: /is not there$/ })
  await expect(names({ path: join(root, 'in', 'a.csv') })).rejects.toMatchObject({
    code: 'source_not_found',
    detail: /is a file/,
  })
  expect(await names({ pattern: '*.none' })).toEqual([])
})

test('a file larger than allowed is refused', async () => {
  await put('a.csv', 'fits')
  await put('b.csv', 'does not')
  expect(await readFile('a.csv', { maxBytes: 4 })).toBe('fits')
  await expect(readFile('b.csv', { maxBytes: 4 })).rejects.toMatchObject({ code: 'file_too_large' })
})

test.each([
  ['*', 'a.csv', true],
  ['*', '.hidden', false],
  ['.*', '.hidden', true],
  ['*.csv', 'a.csv', true],
  ['*.csv', 'a.CSV', false],
  ['*.csv', 'a.csv.part', false],
  ['a?.csv', 'a.csv', false],
  ['a?.csv', 'aü.csv', true],
  ['a?.csv', 'a😀.csv', true],
  ['gl_*_2026-??.csv', 'gl_US01_x_2026-03.csv', true],
  ['a.c+(s)[v]', 'a.c+(s)[v]', true],
  ['a.csv', 'abcsv', false],
  ['**a', 'bba', true],
  ['', '', true],
])('%s matches %s: %s', (pattern, name, expected) => {
  expect(matchesGlob(pattern, name)).toBe(expected)
})

test('a pattern built to keep us busy does not', () => {
  const startedAt = performance.now()
  expect(matchesGlob(`${'*a'.repeat(60)}b`, 'a'.repeat(255))).toBe(false)
  // Tried in every way it would take longer than anybody lives.
  expect(performance.now() - startedAt).toBeLessThan(5_000)
})

const put = (name: string, text = 'data') => writeFile(join(root, 'in', name), text)
const none = () => undefined
const settings = (given: object = {}) => FolderSettings.parse({ path: join(root, 'in'), settleMs: 0, ...given })
const names = async (given: object = {}) => (await listFolder(settings(given), none)).map(({ name }) => name)

function extract(file = 'a.csv', given: object = {}) {
  const { signal } = new AbortController()
  return folder.extract({ settings: settings(given), cursor: null, seenCursors: [], file, signal, credential: none })
}

/** Null where there is nothing to read. */
async function readFile(file: string, given: object = {}): Promise<string | null> {
  for await (const { bytes } of extract(file, given)) return read(bytes)
  return null
}

async function read(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of bytes) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
