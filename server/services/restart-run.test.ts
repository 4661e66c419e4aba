import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, runUntilEnded } from '#db/testing/load.ts'
import { cancelRun } from './cancel-run.ts'
import { readRunDetail } from './reads/run-detail.ts'
import { restartRun } from './restart-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()

test('a run that a newer one overtook is not restarted: it would put old values back', async () => {
  const { context } = world
  await importJob(context, ledgerJob())
  const file = (debit: string) => keepFile(context, 'ledger', ledgerCsv([{ id: 'a', debit }]), `${debit}.csv`)
  const older = await file('1')
  await cancelRun(context, { runId: older, actor: ADMIN })
  const newer = await file('2')
  const overtakenBy = async () => (await readRunDetail(world.db, older, ['*'], new Date())).overtakenBy
  expect(await overtakenBy(), 'what has not published yet goes after it').toBeNull()

  await runUntilEnded(context, newer)
  expect(await overtakenBy()).toBe(newer)
  await expect(restartRun(context, { runId: older, actor: ADMIN })).rejects.toMatchObject({ code: 'run_overtaken' })

  await rollbackRun(context, { runId: newer, reason: 'for a test', actor: ADMIN })
  expect(await overtakenBy(), 'nothing newer stands').toBeNull()
  await restartRun(context, { runId: older, actor: ADMIN })
  expect((await runUntilEnded(context, older)).outcome).toBe('succeeded')
})

test('one that had read nothing is not restarted either: asked now, its source would be newer than the run that overtook it', async () => {
  const { context } = world
  const job = ledgerJob({ job: 'asked-late' })
  await importJob(context, job)
  const older = await keepFile(context, job.job, ledgerCsv([{ id: 'a', debit: '1' }]))
  await world.owner`delete from run_artifacts where run_id = ${older}`
  await cancelRun(context, { runId: older, actor: ADMIN })
  await runUntilEnded(context, await keepFile(context, job.job, ledgerCsv([{ id: 'a', debit: '2' }])))
  await expect(restartRun(context, { runId: older, actor: ADMIN })).rejects.toMatchObject({ code: 'run_overtaken' })
})
