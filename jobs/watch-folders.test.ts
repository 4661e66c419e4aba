import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, runUntilEnded } from '#db/testing/load.ts'
import { watchFolders, type Unreadable } from './watch-folders.ts'

const world = useDatabase()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watched-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const runs = () => world.owner<{ run_id: number; slice: string }[]>`select run_id, slice from runs order by run_id`
const open = () => listExceptions(world.db, { job: 'watched', scope: ['*'] })

/** Turns of one worker, each so many seconds after the one before. */
function worker(): (seconds: number) => Promise<void> {
  let ms = 0
  const unreadable: Unreadable = new Map()
  return (seconds) => {
    ms += seconds * 1_000
    return watchFolders(world.context, unreadable, () => ms)
  }
}

test('a watched folder that cannot be read for a minute is told once, by a run that says why, until a file gets through', async () => {
  await importJob(world.context, ledgerJob({ job: 'watched', source: { type: 'folder', path: folder, settleMs: 0 } }))
  const away = () => rename(folder, `${folder}-away`)
  const back = () => rename(`${folder}-away`, folder)
  const [one, other] = [worker(), worker()]
  await away()
  for (const seconds of [0, 55]) await one(seconds)
  await back()
  await one(5)
  await away()
  for (const seconds of [5, 55]) await one(seconds)
  await other(0)
  expect(await runs()).toEqual([])
  // Both at once.
  await Promise.all([one(5), other(60)])
  const [told, ...more] = await runs()
  expect([told, more]).toMatchObject([{ slice: '*' }, []])
  await one(5)
  expect((await runUntilEnded(world.context, told!.run_id)).outcome).toBe('failed')
  expect(await open()).toMatchObject([{ code: 'source_not_found', detail: `${folder} is not there` }])
  for (const seconds of [5, 3_600]) await other(seconds)
  expect(await runs()).toHaveLength(1)
  await back()
  await writeFile(join(folder, 'a.csv'), ledgerCsv([{ id: '1' }]))
  await one(5)
  expect((await runUntilEnded(world.context, (await runs())[1]!.run_id)).outcome).toBe('succeeded')
  expect(await open()).toEqual([])
  await away()
  for (const seconds of [5, 60]) await one(seconds)
  expect((await runs()).map(({ slice }) => slice)).toEqual(['*', 'file:a.csv', '*'])
  await back()
})
