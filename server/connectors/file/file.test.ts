import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openFile } from './file.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'file-'))
})
afterEach(() => rm(root, { recursive: true }))

test('hands over every byte, as often as it is asked, also through a link', async () => {
  const content = Buffer.alloc(700_001, 'äöü€')
  await writeFile(join(root, 'a.csv'), content)
  await symlink(join(root, 'a.csv'), join(root, 'link.csv'))
  const { name, size, bytes } = await openFile(join(root, 'link.csv'), 700_001)
  expect({ name, size }).toEqual({ name: 'link.csv', size: 700_001 })
  for (let time = 0; time < 2; time++) {
    const chunks: Uint8Array[] = []
    for await (const chunk of bytes) chunks.push(chunk)
    expect(Buffer.concat(chunks).equals(content)).toBe(true)
  }
})

test('says what is wrong, in words', async () => {
  await writeFile(join(root, 'empty.csv'), '')
  await writeFile(join(root, 'large.csv'), '12345')
  execFileSync('mkfifo', [join(root, 'pipe')])
  const failures = {
    away: 'is not there',
    '.': 'is a folder, not a file',
    pipe: 'not a file',
    'large.csv/x': 'a part of its path is a file',
  }
  for (const [name, reason] of Object.entries(failures)) {
    await expect(openFile(join(root, name), 10)).rejects.toMatchObject({
      code: 'source_not_found',
      detail: expect.stringContaining(reason),
    })
  }
  // Kept and judged by the run, so that an empty delivery leaves a trace.
  await expect(openFile(join(root, 'empty.csv'), 10)).resolves.toMatchObject({ size: 0 })
  await expect(openFile(join(root, 'large.csv'), 4)).rejects.toMatchObject({ code: 'file_too_large' })
  expect((await openFile(join(root, 'large.csv'), 5)).size).toBe(5)
})

// Root reads everything, so there is nothing to refuse.
test.skipIf(process.getuid?.() === 0)('a file we may not read is said to be that, before anything is loaded', async () => {
  await writeFile(join(root, 'secret.csv'), 'x')
  await chmod(join(root, 'secret.csv'), 0)
  await expect(openFile(join(root, 'secret.csv'), 10)).rejects.toMatchObject({
    code: 'source_not_found',
    detail: expect.stringContaining('may not be read'),
  })
})
