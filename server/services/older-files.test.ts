import { expect, test } from 'vitest'
import { findNewerThanInput } from '#db/queries/overtaken.ts'
import { bai2File, bankJob, sumOfEntries } from '#db/testing/bank.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { confirmReplay } from './confirm-replay.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

/** Files of one folder are of one job and of a slice each: what a younger one said is not undone by an older. */
const world = useDatabase()

let systems = 0
async function newFolder(overrides: Partial<JobInput> = {}) {
  const name = `folder-${systems++}`
  const job = ledgerJob({ job: name, system: { code: name, name: 'ERP', kind: 'erp' }, ...overrides })
  await importJob(world.context, job)
  let files = 0
  const arrives = async (text: string) => {
    const runId = await keepFile(world.context, name, text)
    await world.owner`update runs set slice = ${`file:d${++files}.csv`} where run_id = ${runId}`
    return runId
  }
  return {
    arrives: (rows: readonly LedgerRow[]) => arrives(ledgerCsv(rows)),
    loaded: async (rows: readonly LedgerRow[]) => (await runUntilEnded(world.context, await arrives(ledgerCsv(rows)))).runId,
    current: async () =>
      (
        await world.owner`
          select source_key || ' ' || debit::float8 as line from lines l join systems s using (system_id) where s.code = ${name} and superseded_at_pub is null order by 1`
      ).map(({ line }) => line),
  }
}
const a = (debit: string, more: Partial<LedgerRow> = {}): LedgerRow => ({ id: 'a', debit, ...more })
const fails = (runId: number) => world.owner`update runs set status = 'failed', finished_at = now() where run_id = ${runId}`
const back = (runId: number) => rollbackRun(world.context, { runId, reason: 'for a test', actor: ADMIN })
const restarted = async (runId: number) => {
  await restartRun(world.context, { runId, actor: ADMIN })
  return (await runUntilEnded(world.context, runId)).outcome
}
const preview = async (runId: number) => {
  const made = await replayRun(world.context, { runId, rules: 'current', preview: true, actor: ADMIN })
  await runUntilEnded(world.context, made.runId)
  return made.runId
}
const confirm = (runId: number, previewRunId: number) =>
  confirmReplay(world.context, { runId, previewRunId, rules: 'current', actor: ADMIN })
const codeOf = async (runId: number) =>
  (await world.owner`select failure_code as code from attempts where run_id = ${runId} order by attempt desc limit 1`)[0]?.code

test('a preview that is older than the newest file does not put back what that one brought; a new one says so, and does', async () => {
  const { loaded, current } = await newFolder()
  const d1 = await loaded([a('1')])
  const early = await preview(d1)
  const d2 = await loaded([a('2')])
  const { runId } = await confirm(d1, early)
  expect((await runUntilEnded(world.context, runId)).outcome).toBe('failed')
  expect([await codeOf(runId), await current()]).toEqual(['newer_data_stands', ['a 2']])

  expect(await findNewerThanInput(world.db, d1, 'lane')).toBe(d2)
  const late = await confirm(d1, await preview(d1))
  expect((await runUntilEnded(world.context, late.runId)).outcome).toBe('succeeded')
  expect(await current()).toEqual(['a 1'])
})

test('a file beside which others came is replayed without a word where they say nothing of its records', async () => {
  const { loaded, current } = await newFolder()
  const march = await loaded([a('1')])
  await loaded([{ id: 'b', debit: '2' }])
  const { runId } = await replayRun(world.context, { runId: march, rules: 'current', preview: false, actor: ADMIN })
  expect((await runUntilEnded(world.context, runId)).outcome).toBe('succeeded')
  expect(await current()).toEqual(['a 1', 'b 2'])
})

test('what a rollback brought back is as old as the file that brought it first', async () => {
  const { arrives, loaded, current } = await newFolder()
  const d1 = await arrives([a('1')])
  await fails(d1)
  await loaded([a('2')])
  const d3 = await loaded([a('3')])
  const gone = await back(d3)
  expect(await current()).toEqual(['a 2'])
  expect(await restarted(d1)).toBe('failed')
  expect([await codeOf(d1), await current()]).toEqual(['newer_data_stands', ['a 2']])
  await back((await back(gone.runId)).runId)
  expect(await restarted(d1)).toBe('failed')
  expect(await current()).toEqual(['a 2'])
})

test('it may be changed where the file that brought it first is the older one', async () => {
  const { arrives, loaded, current } = await newFolder()
  await loaded([a('1')])
  const d2 = await arrives([a('2')])
  await fails(d2)
  await back(await loaded([a('3')]))
  expect(await restarted(d2)).toBe('succeeded')
  expect(await current()).toEqual(['a 2'])
})

test.each([0, 1_100])(
  'a record that a younger full extract no longer had is not brought back; once that one was rolled back it may be (beside %s others)',
  async (others) => {
    const { arrives, loaded, current } = await newFolder({ extract: 'full' })
    const b = { id: 'b', debit: '2' }
    await loaded([a('1'), b])
    const d2 = await arrives([a('5'), b, ...ledgerRows(others, { prefix: 'more-' })])
    await fails(d2)
    const d3 = await loaded([b])
    expect(await current()).toEqual(['b 2'])
    expect(await restarted(d2)).toBe('failed')
    expect([await codeOf(d2), await current()]).toEqual(['newer_data_stands', ['b 2']])
    await back(d3)
    expect(await restarted(d2)).toBe('succeeded')
    expect((await current()).slice(0, 2)).toEqual(['a 5', 'b 2'])
  },
)

test('a statement that the bank deleted since is not brought back', async () => {
  const job = bankJob('bai2', 'deleted-since')
  const sent = ['16,142,100,Z,A,,', '16,142,200,Z,B,,']
  await importJob(world.context, job)
  const d1 = await keepFile(world.context, job.job, bai2File(1, sent, 1300), 'd1.bai')
  await world.owner`update runs set slice = 'file:d1.bai', status = 'failed' where run_id = ${d1}`
  await load(world.context, job, bai2File(2, sent, 1300), 'd2.bai')
  expect(await restarted(d1)).toBe('failed')
  expect([await codeOf(d1), await sumOfEntries(world.owner, 'deleted-since')]).toEqual(['newer_data_stands', '0 entries, 0'])
})

test('a run that is still to come keeps no preview from being confirmed', async () => {
  const { arrives, loaded, current } = await newFolder()
  const d1 = await loaded([a('1')])
  const blocked = await arrives([a('2')])
  await world.owner`update runs set status = 'blocked', slice = 'file:d1.csv' where run_id = ${blocked}`
  const { runId } = await confirm(d1, await preview(d1))
  expect((await runUntilEnded(world.context, runId)).outcome).toBe('succeeded')
  await world.owner`update runs set status = 'queued' where run_id = ${blocked}`
  await runUntilEnded(world.context, blocked)
  expect(await current()).toEqual(['a 2'])
})

test('neither does one that failed or was held after it: nothing of it stands', async () => {
  const { arrives, loaded } = await newFolder()
  const d1 = await loaded([a('1')])
  const early = await preview(d1)
  for (const status of ['failed', 'held', 'cancelled']) {
    const runId = await arrives([a('2')])
    await world.owner`update runs set status = ${status}, finished_at = now(), slice = 'file:d1.csv' where run_id = ${runId}`
  }
  const { runId } = await confirm(d1, early)
  expect((await runUntilEnded(world.context, runId)).outcome).toBe('succeeded')
})
