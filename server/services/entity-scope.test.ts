import { expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { bytesOf, importJob, load, runUntilEnded } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { changeSchedule } from './change-schedule.ts'
import { loadFile } from './load-file.ts'
import { pauseJob } from './pause-job.ts'
import { replayRun } from './replay-run.ts'
import { resumeJob } from './resume-job.ts'

const world = useDatabase()
const NORTH: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const ALL: Actor = { name: 'alma', role: 'finance_operations', entityScope: ['*'] }

test('a load that goes beyond the scope of whoever asked for it is held, and somebody with that scope can replay it', async () => {
  await importJob(world.context, ledgerJob())
  const text = ledgerCsv([{ id: '1' }, { id: '2', entity: 'SE01', currency: 'SEK' }])
  const { runId } = await loadFile(world.context, { job: 'ledger', name: 'two-entities.csv', bytes: bytesOf(text), actor: NORTH })
  const held = await runUntilEnded(world.context, runId)
  expect(held).toMatchObject({ outcome: 'held', publication: null })
  expect(held.exceptions).toMatchObject([{ class: 'control', code: 'outside_entity_scope' }])
  expect(held.exceptions[0]?.detail).toContain('SE01')

  const replay = await replayRun(world.context, { runId, rules: 'current', preview: false, reason: 'in my scope', actor: ALL })
  const published = await runUntilEnded(world.context, replay.runId)
  expect(published).toMatchObject({ outcome: 'succeeded', lines: { new: 2 } })
})

test('of three loads that go beyond it each waits until it is replayed, also the one between', async () => {
  const job = ledgerJob({ job: 'beyond', system: { code: 'beyond', name: 'Beyond', kind: 'erp' } })
  await importJob(world.context, job)
  const runs: number[] = []
  for (const id of ['X', 'Y', 'Z']) {
    const text = ledgerCsv([{ id }, { id: `${id}2`, entity: 'SE01', currency: 'SEK' }])
    const { runId } = await loadFile(world.context, { job: 'beyond', name: `${id}.csv`, bytes: bytesOf(text), actor: NORTH })
    await runUntilEnded(world.context, runId)
    runs.push(runId)
    // Held for a cause of its own.
    if (id === 'Y') await load(world.context, job, ledgerCsv([{ id: 'W', currency: 'QQQ' }, { id: 'W2' }]))
  }
  const waiting = async () =>
    (await listExceptions(world.db, { job: 'beyond', code: 'outside_entity_scope', scope: ['*'] })).map(
      ({ heldRuns }) => heldRuns,
    )
  const replay = async (runId: number) => {
    const asked = { runId, rules: 'current', preview: false, overNewer: true, reason: 'in my scope', actor: ALL } as const
    await runUntilEnded(world.context, (await replayRun(world.context, asked)).runId)
  }
  expect(await waiting()).toEqual([runs])
  await replay(runs[0]!)
  await replay(runs[2]!)
  expect(await waiting()).toEqual([[runs[1]]])
  // Of one that is long gone nobody knows what passed in it: its replay settles it all the same.
  await world.owner`update loads set has_own_place = false where run_id = ${runs[1]!} and drop_load_place(load_id) is not null`
  await replay(runs[1]!)
  expect(await waiting()).toEqual([])
})

test('a load inside the scope is published', async () => {
  await importJob(world.context, ledgerJob())
  const { runId } = await loadFile(world.context, {
    job: 'ledger',
    name: 'own.csv',
    bytes: bytesOf(ledgerCsv([{ id: '3' }])),
    actor: NORTH,
  })
  expect(await runUntilEnded(world.context, runId)).toMatchObject({ outcome: 'succeeded', lines: { new: 1 } })
})

test('a job that carries entities of others is not theirs to pause, resume or schedule', async () => {
  await importJob(world.context, ledgerJob({ job: 'both', source: { type: 'folder', path: '/nowhere' } }))
  const text = ledgerCsv([{ id: '4' }, { id: '5', entity: 'SE01', currency: 'SEK' }])
  const { runId } = await loadFile(world.context, { job: 'both', name: 'both.csv', bytes: bytesOf(text), actor: ALL })
  await runUntilEnded(world.context, runId)
  const asked = { job: 'both', reason: 'not my entity' }
  const refused = { code: 'outside_entity_scope', message: expect.not.stringContaining('SE01') }
  const schedule = { cron: '0 6 * * *', timeZone: 'UTC', missed: 'once' } as const
  await expect(changeSchedule(world.context, { ...asked, schedule, actor: NORTH })).rejects.toMatchObject(refused)
  await expect(pauseJob(world.context, { ...asked, actor: NORTH })).rejects.toMatchObject(refused)
  await pauseJob(world.context, { ...asked, actor: ALL })
  await expect(resumeJob(world.context, { ...asked, actor: NORTH })).rejects.toMatchObject(refused)
})
