import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { verify } from '../verify.ts'
import { rollbackRun } from './rollback-run.ts'

const world = useDatabase()

test('a rollback and a run that judged what waits again with it both succeed, whoever has to wait', async () => {
  const job = ledgerJob()
  const bring = (...rows: LedgerRow[]) => load(world.context, job, ledgerCsv(rows))
  await bring({ id: 'A', currency: 'QQQ' }, { id: 'B', currency: 'QQQ' })
  const withdrawn = await bring({ id: 'A' })
  await importJob(world.context, job)
  const runId = await keepFile(world.context, job.job, ledgerCsv([{ id: 'B' }]))

  // The run stops when it has judged B, before it waits to publish.
  await world.owner.unsafe(`create function wait_at_waiting() returns trigger language plpgsql security definer as $$
    begin perform pg_advisory_xact_lock_shared(79); return null; end $$`)
  await world.owner`create trigger wait_at_waiting after delete on waiting_records for each statement execute function wait_at_waiting()`
  const gate = await world.owner.reserve()
  await gate`select pg_advisory_lock(79)`
  const running = runUntilEnded(world.context, runId)
  await untilWaiting('advisory')
  const rollingBack = rollbackRun(world.context, { runId: withdrawn.runId, reason: 'wrong file', actor: ADMIN })
  rollingBack.catch(() => undefined)
  await untilWaiting('transactionid')
  await gate`select pg_advisory_unlock(79)`
  gate.release()

  expect(await running).toMatchObject({ outcome: 'succeeded' })
  await rollingBack
  const standing = await world.owner`select source_key from lines where superseded_at_pub is null`
  expect(standing.map(({ source_key }) => source_key)).toEqual(['B'])
  expect((await verify(world.context)).sound).toBe(true)
})

async function untilWaiting(locktype: string): Promise<void> {
  const waiting = () => world.owner`
    select 1 from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and l.locktype = ${locktype} and not l.granted`
  while ((await waiting()).length === 0) await sleep(5)
}
