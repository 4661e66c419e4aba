import { expect, test } from 'vitest'
import { countResults } from '#db/queries/bulk-replays.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, load } from '#db/testing/load.ts'
import { rehearse, replayAll, resultsOf } from '#db/testing/replays.ts'
import { rollbackRun } from '../rollback/rollback-run.ts'
import { verify } from '../verify.ts'

const world = useDatabase()
const JOB = ledgerJob({ rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
const rollback = (runId: number) => rollbackRun(world.context, { runId, reason: 'for a test', actor: ADMIN })

test('what was withdrawn covers nothing, nor does its withdrawal: its records are replayed again', async () => {
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'Bakery']]))
  const rows: LedgerRow[] = [{ id: 'A' }, { id: 'B', cost_centre: 'X' }, { id: 'C', cost_centre: 'X' }]
  await load(world.context, JOB, ledgerCsv(rows))
  const open = () => listExceptions(world.db, { job: JOB.job, scope: ['*'] })
  const asked = { exceptions: (await open()).map(({ exceptionId }) => exceptionId) }
  const overtaken = async () => {
    const results = await resultsOf(world.context, await rehearse(world.context, { asked }))
    return results.flatMap(({ sourceKey, rehearsedWhy }) => (rehearsedWhy ? [`${sourceKey} ${rehearsedWhy}`] : []))
  }
  await importJob(world.context, { ...JOB, mapping: { ...JOB.mapping, codes: { cost_centre: { X: 'CC1' } } } })

  const newer = await load(world.context, { ...JOB, job: 'corrections' }, ledgerCsv([{ id: 'B', debit: '7' }]))
  const covered = [`B overtaken ${newer.publication}`]
  expect(await overtaken()).toEqual(covered)
  const first = await rollback(newer.runId)
  expect(await overtaken()).toEqual([])
  const second = await rollback(first.runId)
  expect(await overtaken(), 'it stands again').toEqual(covered)
  await rollback(second.runId)
  expect(await overtaken()).toEqual([])

  const wrong = await replayAll(world.context, { asked })
  expect(await countResults(world.db, wrong, 'result')).toMatchObject({ fixed: 2 })
  const [run] = await world.owner<
    [{ id: number }]
  >`select run_id as id from runs where bulk_replay_id = ${wrong} and not is_preview`
  await rollback(run.id)
  expect(await open()).toHaveLength(1)
  const right = await replayAll(world.context, { asked })
  expect(await countResults(world.db, right, 'result')).toMatchObject({ fixed: 2, skipped: 0 })
  expect(await open()).toEqual([])
  expect((await verify(world.context)).sound).toBe(true)
})
