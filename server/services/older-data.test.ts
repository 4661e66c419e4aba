import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { confirmReplay } from './confirm-replay.ts'
import { findNewerThanInput } from '#db/queries/overtaken.ts'
import { readRunDetail } from './reads/run-detail.ts'
import { replayRun } from './replay-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { setPeriodState } from './set-period-state.ts'

/** Whatever keeps a run back, its input is as old as it is: it puts nothing back that a younger one brought. */
const world = useDatabase()

let systems = 0
async function newJob(overrides: Partial<JobInput> = {}): Promise<JobInput> {
  systems++
  const job = ledgerJob({ job: `ledger-${systems}`, system: { code: `erp-${systems}`, name: 'ERP', kind: 'erp' }, ...overrides })
  await importJob(world.context, job)
  return job
}
const keep = (job: JobInput, rows: readonly LedgerRow[]) => keepFile(world.context, job.job, ledgerCsv(rows))
const brought = async (job: JobInput, rows: readonly LedgerRow[]) => (await load(world.context, job, ledgerCsv(rows))).runId
const current = async ({ system }: JobInput) =>
  (
    await world.owner`
      select source_key || ' ' || debit::float8 as line from lines l join systems s using (system_id) where s.code = ${system.code} and superseded_at_pub is null order by 1`
  ).map(({ line }) => line)
const a = (debit: string): LedgerRow => ({ id: 'a', debit })
const back = (runId: number) => rollbackRun(world.context, { runId, reason: 'for a test', actor: ADMIN })
const overtakenBy = async (runId: number) => (await readRunDetail(world.db, runId, ['*'], new Date())).overtakenBy

test('of two runs of one job side by side the one that was asked for last is the last, whichever is quicker', async () => {
  const job = await newJob()
  const [older, newer] = [await keep(job, [a('1'), { id: 'b' }]), await keep(job, [a('2')])]
  await world.owner`update runs set slice = 'south' where run_id = ${newer}`
  expect((await runUntilEnded(world.context, newer)).outcome).toBe('succeeded')
  expect((await runUntilEnded(world.context, older)).outcome).toBe('failed')
  expect(await current(job)).toEqual(['a 2'])
  const [attempt] = await world.owner`select failure_code as code, failure_detail as detail from attempts where run_id = ${older}`
  expect(attempt).toEqual({ code: 'newer_data_stands', detail: `1 of run ${newer}` })
})

test('neither does a full extract withdraw what a younger run brought', async () => {
  const job = await newJob({ extract: 'full' })
  const [older, newer] = [await keep(job, [a('1')]), await keep(job, [a('1'), { id: 'b' }])]
  await world.owner`update runs set slice = 'south' where run_id = ${newer}`
  await runUntilEnded(world.context, newer)
  expect((await runUntilEnded(world.context, older)).outcome).toBe('failed')
  expect(await current(job)).toEqual(['a 1', 'b 1'])
})

test('what was published after a preview was looked at is not put back by confirming it', async () => {
  const job = await newJob()
  const older = await brought(job, [a('1')])
  const preview = await replayRun(world.context, { runId: older, rules: 'current', preview: true, actor: ADMIN })
  await runUntilEnded(world.context, preview.runId)
  const newer = await brought(job, [a('2')])
  const confirm = (previewRunId: number) =>
    confirmReplay(world.context, { runId: older, previewRunId, rules: 'current', actor: ADMIN })
  await expect(confirm(preview.runId)).rejects.toMatchObject({
    code: 'input_invalid',
    detail: expect.stringContaining(`run ${newer}`),
  })

  const again = await replayRun(world.context, { runId: older, rules: 'current', preview: true, actor: ADMIN })
  await runUntilEnded(world.context, again.runId)
  await runUntilEnded(world.context, (await confirm(again.runId)).runId)
  expect(await current(job)).toEqual(['a 1'])
})

test('a run that is still to come is newer than a replay, and one that found what stands to be right as well; an empty one says nothing', async () => {
  const job = await newJob()
  await brought(job, [a('100')])
  const held = await keep(job, [a('150')])
  await world.owner`update runs set status = 'failed' where run_id = ${held}`
  expect(await findNewerThanInput(world.db, held)).toBeNull()
  const same = await keep(job, [a('100')])
  expect(await findNewerThanInput(world.db, held), 'it is queued').toBe(same)
  expect(await overtakenBy(held), 'it goes after a restart').toBeNull()
  await runUntilEnded(world.context, same)
  expect(await overtakenBy(held)).toBe(same)
  await world.owner`update control_totals set count = 0 where run_id = ${same} and checkpoint = 'extracted'`
  expect(await overtakenBy(held)).toBeNull()
})

test('a publication whose withdrawal was withdrawn stands, and a run before it is overtaken', async () => {
  const job = await newJob()
  await brought(job, [a('1')])
  const failed = await keep(job, [a('2')])
  await world.owner`update runs set status = 'failed' where run_id = ${failed}`
  const newer = await brought(job, [a('3')])
  const gone = await back(newer)
  expect(await overtakenBy(failed)).toBeNull()
  await back(gone.runId)
  expect(await current(job)).toEqual(['a 3'])
  expect(await overtakenBy(failed)).toBe(newer)
})

test('a period that is closed between the proof and the publication takes nothing, and gives nothing', async () => {
  const job = await newJob({ extract: 'full', onFailure: 'hold' })
  await brought(job, [{ id: 'k1', entity: 'NO07' }])
  const runId = await keep(job, [{ id: 'k2', entity: 'NO07' }])
  // In the moment the stage begins in which it is published.
  await world.owner.unsafe(`
    create function close_period() returns trigger language plpgsql security definer as $$ begin
      insert into period_states (entity, period, state) values ('NO07', '2026-03', 'closed') on conflict do nothing; return null; end $$;
    create trigger close_period after insert on stages for each row when (new.stage = 'publish') execute function close_period()`)
  const report = await runUntilEnded(world.context, runId)
  await world.owner`drop trigger close_period on stages`
  expect(report.outcome).toBe('held')
  expect(await current(job)).toEqual(['k1 1'])
})

test('a period is not closed while something is published', async () => {
  const { owner } = world
  await owner.begin(async (publishing) => {
    await publishing`select pg_advisory_xact_lock(7236002)`
    const closing = setPeriodState(world.context, {
      entity: 'NO08',
      period: '2026-03',
      state: 'closed',
      reason: 'for a test',
      actor: ADMIN,
    })
    await expect
      .poll(
        async () =>
          (
            await owner`select 1 from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`
          ).length,
      )
      .toBe(1)
    await publishing`select 1`
    void closing.catch(() => undefined)
  })
  await expect
    .poll(async () => (await owner`select state from period_states where entity = 'NO08'`)[0]?.state, { timeout: 10_000 })
    .toBe('closed')
})
