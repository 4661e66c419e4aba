import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findJob, listRunArtifacts } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, runUntilEnded } from '#db/testing/load.ts'
import { newFolderFiles, startFolderRuns } from './start-folder-runs.ts'

const world = useDatabase()
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

test('which files of a folder were taken is asked once, however many are kept there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  await importJob(world.context, ledgerJob({ job: 'kept', source: { type: 'folder', path: folder, settleMs: 0 } }))
  for (let i = 0; i < 20; i++) await writeFile(join(folder, `${i}.csv`), ledgerCsv([{ id: `${i}` }]))
  expect((await startFolderRuns(world.context, { job: 'kept', actor: ADMIN, trigger: 'manual' })).runIds).toHaveLength(20)
  await writeFile(join(folder, 'new.csv'), ledgerCsv([{ id: 'new' }]))
  const job = (await findJob(world.db, 'kept'))!
  let asked = 0
  const db = new Proxy(world.db, {
    get(target, key) {
      if (key === 'execute' || key === 'select') asked++
      return Reflect.get(target, key)
    },
  })
  expect((await newFolderFiles({ ...world.context, db }, job)).map(({ slice }) => slice)).toEqual(['file:new.csv'])
  expect(asked).toBe(1)
})

test('a file that is refused is told by its own run, once, keeps no other back, and is not forgotten for those that came after it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  const job = ledgerJob({
    job: 'refused',
    system: { code: 'refused', name: 'Refused', kind: 'erp' },
    source: { type: 'folder', path: folder, settleMs: 0 },
  })
  await importJob(world.context, job)
  await symlink('/etc/hostname', join(folder, 'a.csv'))
  await writeFile(join(folder, 'b.csv'), ledgerCsv([{ id: '1' }]))
  const start = () => startFolderRuns(world.context, { job: job.job, actor: ADMIN, trigger: 'event' })
  const { runIds } = await start()
  expect((await start()).runIds).toEqual([])
  const outcomes = []
  for (const runId of runIds) outcomes.push((await runUntilEnded(world.context, runId)).outcome)
  expect(outcomes).toEqual(['failed', 'succeeded'])
  const open = () => listExceptions(world.db, { job: job.job, scope: ['*'] })
  const told = { code: 'source_refused', detail: 'a.csv is a link that leaves the folder; remove it' }
  expect(await open()).toMatchObject([told])
  await rm(join(folder, 'a.csv'))
  await writeFile(join(folder, 'a.csv'), ledgerCsv([{ id: '2' }]))
  for (const runId of (await start()).runIds) await runUntilEnded(world.context, runId)
  expect(await open()).toEqual([])
})

test('a run of a file reads the file of that very name, whatever stands in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ticks-'))
  folders.push(folder)
  const job = ledgerJob({
    job: 'odd-names',
    system: { code: 'odd', name: 'Odd', kind: 'erp' },
    source: { type: 'folder', path: folder, settleMs: 0 },
  })
  await importJob(world.context, job)
  const names = ['*.csv', 'Ums?tze.csv', 'Umsatze.csv', 'a\\b.csv']
  for (const [i, name] of names.entries()) await writeFile(join(folder, name), ledgerCsv([{ id: `${i}` }]))
  const { runIds } = await startFolderRuns(world.context, { job: job.job, actor: ADMIN, trigger: 'manual' })
  const read: object[] = []
  for (const runId of runIds) {
    const { outcome, lines } = await runUntilEnded(world.context, runId)
    const stored = (await listRunArtifacts(world.db, runId)).map(({ name }) => name)
    read.push({ outcome, new: lines.new, stored })
  }
  expect(read).toEqual(names.map((name) => ({ outcome: 'succeeded', new: 1, stored: [name] })))
})
