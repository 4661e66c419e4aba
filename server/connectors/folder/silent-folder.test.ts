import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { FolderSettings, listFolder } from './folder.ts'

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return { ...real, realpath: vi.fn(real.realpath) }
})

test('a folder that hangs is asked one thing and no more until it has answered; others answer meanwhile', async () => {
  const [silent, other] = [await mkdtemp(join(tmpdir(), 'silent-')), await mkdtemp(join(tmpdir(), 'other-'))]
  await writeFile(join(silent, 'a.csv'), '')
  const list = (path: string) => listFolder(FolderSettings.parse({ path, settleMs: 0 }), () => undefined)
  let answer = (_: string) => {}
  const asked = vi.mocked(realpath)
  asked.mockReturnValueOnce(new Promise<string>((resolve) => (answer = resolve)) as never)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const first = [1, 2, 3, 4, 5].map(() => list(silent).catch((error: unknown) => error))
  expect(await list(other)).toEqual([])
  await vi.advanceTimersByTimeAsync(5_000)
  const refused = { code: 'source_not_found', detail: `${silent} does not answer` }
  for (const outcome of await Promise.all(first)) expect(outcome).toMatchObject(refused)
  await expect(list(silent)).rejects.toMatchObject(refused)
  expect(asked.mock.calls.filter(([path]) => path === silent)).toHaveLength(1)
  vi.useRealTimers()
  answer(silent)
  await vi.waitFor(async () => expect(await list(silent)).toMatchObject([{ name: 'a.csv' }]))
  await Promise.all([rm(silent, { recursive: true }), rm(other, { recursive: true })])
})
