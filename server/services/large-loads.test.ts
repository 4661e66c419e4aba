import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load } from '#db/testing/load.ts'
import { orphanPlaces } from '#db/testing/published.ts'
import { cancelRun } from './cancel-run.ts'
import { executeRun } from './execute-run.ts'

const world = useDatabase()
const jobOf = (code: string) => ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } })
const runOf = async (runId: number) => (await findRun(world.db, runId))!.run
const isWaiting = async (runId: number) => (await runOf(runId)).progress?.isWaiting === true

test('a large load waits for its turn with nothing open, is told and stopped while it waits, and lets small ones pass', async () => {
  const { context } = world
  const LARGE = ledgerCsv(ledgerRows(6_000).map((row) => ({ ...row, text: 'x'.repeat(1_500) })))
  await importJob(context, ...['first', 'second'].map(jobOf))
  const giveBack = await context.largeLoads.take(new AbortController().signal)

  const first = await keepFile(context, 'first', LARGE)
  const ended = executeRun(context, first)
  await until(() => isWaiting(first))
  const second = await keepFile(context, 'second', LARGE)
  const cancelled = executeRun(context, second)
  await until(() => isWaiting(second))

  expect(await load(context, jobOf('small'), ledgerCsv([{ id: '1' }]))).toMatchObject({ outcome: 'succeeded' })
  // What it would hold: the lock of a table, an advisory one, a transaction. The lock of the worker shows that it lives.
  const open = await world.owner`
    select a.state, l.locktype from pg_stat_activity a left join pg_locks l on l.pid = a.pid and l.locktype <> 'virtualxid'
    where a.datname = current_database() and a.usename <> current_user and (a.xact_start is not null or l.locktype <> 'advisory')`
  expect(open).toEqual([])
  // It does not look stuck.
  const before = (await runOf(first)).progressAt!.getTime()
  await until(async () => (await runOf(first)).progressAt!.getTime() > before)

  await cancelRun(context, { runId: second, actor: ADMIN })
  expect(await cancelled).toBe(null)
  expect(context.largeLoads.isFree).toBe(false)
  giveBack()
  expect(await ended).toBe('succeeded')
  expect(context.largeLoads.isFree).toBe(true)
  expect((await runOf(second)).status).toBe('cancelled')
  expect(await orphanPlaces(world.db)).toEqual([])
}, 90_000)

test('a worker that is stopped hands back the large load that waits', async () => {
  const { context } = world
  const giveBack = await context.largeLoads.take(new AbortController().signal)
  await importJob(context, jobOf('stopped'))
  const runId = await keepFile(
    context,
    'stopped',
    ledgerCsv(ledgerRows(6_000).map((row) => ({ ...row, text: 'x'.repeat(1_500) }))),
  )
  const stop = new AbortController()
  const ended = executeRun(context, runId, stop.signal)
  await until(() => isWaiting(runId))
  stop.abort(new Error('the worker is stopping'))
  expect(await ended).toBe('waiting')
  giveBack()
  expect(context.largeLoads.isFree).toBe(true)
}, 90_000)

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isSo()); await sleep(20))
    if (Date.now() > end) throw new Error('it did not come to that')
}
