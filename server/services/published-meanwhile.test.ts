import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { SEGMENT_LINES_MIN } from '#db/load/publish.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, memberCsv, memberJob, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, importJob, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { setPeriodState } from './set-period-state.ts'
import { verify } from './verify.ts'

/** What is published of a system while a load of it is about to be sends it back only where it touches it. */
const world = useDatabase()
let openGate: (() => Promise<void>) | null = null
afterEach(() => openGate?.())

let systems = 0
async function newJobs(overrides: Partial<JobInput> = {}) {
  const system = { code: `erp-${++systems}`, name: 'ERP', kind: 'erp' as const }
  const large = ledgerJob({ job: `large-${systems}`, system, ...overrides })
  const small = ledgerJob({ job: `small-${systems}`, system })
  await importJob(world.context, large, small)
  return { large, small, system }
}
/** More than are looked up one by one. */
const MANY = ledgerRows(1_500)
const one = (id: string, more: Partial<LedgerRow> = {}) => ledgerCsv([{ id, debit: '7.77', ...more }])

/** The run reaches its publication, `meanwhile` happens, and it goes on. */
async function runBeside(
  job: JobInput,
  rows: readonly LedgerRow[],
  meanwhile: () => Promise<unknown>,
  before = { attempts: 0, outcome: '' },
) {
  const runId = await keepFile(world.context, job.job, ledgerCsv(rows))
  await world.owner`update runs set attempt = ${before.attempts}, attempts_forgiven = ${before.attempts} where run_id = ${runId}`
  await world.owner`insert into attempts (run_id, attempt, worker_id, outcome)
    select ${runId}, n, ${world.context.workerId!}, ${before.outcome} from generate_series(1, ${before.attempts}::int) n`
  await world.owner.unsafe(`create or replace function wait_at_publish() returns trigger language plpgsql security definer as $$
    begin if new.stage = 'publish' and new.run_id = ${runId} and new.attempt = ${before.attempts + 1} then perform pg_advisory_xact_lock(78); end if; return new; end $$`)
  await world.owner`create trigger wait_at_publish before insert on stages for each row execute function wait_at_publish()`
  const gate = await world.owner.reserve()
  await gate`select pg_advisory_lock(78)`
  openGate = async () => {
    openGate = null
    await gate`select pg_advisory_unlock(78)`
    gate.release()
    await world.owner`drop trigger wait_at_publish on stages`
  }
  const running = runUntilEnded(world.context, runId)
  const isStopped = async () =>
    (
      await world.owner`select 1 from pg_locks l join pg_stat_activity a using (pid) where a.datname = current_database() and l.locktype = 'advisory' and l.objid = 78 and not l.granted`
    ).length > 0
  while (!(await isStopped())) await sleep(5)
  await meanwhile()
  await openGate()
  return running
}
const standing = async ({ system }: JobInput) =>
  Number(
    (
      await world.owner`select count(*) as n from lines join systems using (system_id) where code = ${system.code} and superseded_at_pub is null`
    )[0]!.n,
  )
const agrees = async () => expect((await verify(world.context)).sound).toBe(true)

test('other keys, other types and members do not', async () => {
  const { large, small, system } = await newJobs()
  const report = await runBeside(large, MANY, async () => {
    await load(world.context, small, one('other'))
    await load(world.context, { ...memberJob('account'), system }, memberCsv(['code', 'name'], [['4000', 'Sales']]))
    await load(world.context, { ...small, job: `${small.job}-budget`, objectType: 'budget_line' }, one('L1'))
  })
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 1, lines: { new: 1_500 } })
  expect(await standing(large)).toBe(1_502)
  await agrees()
})

test('a key of it does: it is judged again', async () => {
  const { large, small } = await newJobs()
  const report = await runBeside(large, MANY, () => load(world.context, small, one('L700')))
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 2, lines: { new: 1_499, changed: 1 } })
  expect(await standing(large)).toBe(1_500)
  await agrees()
})

test('so does a key in a segment of few lines: it was to be large when the rules had not judged it', async () => {
  const { large, small } = await newJobs()
  const same = { id: 'L700', debit: '7.77' }
  const report = await runBeside(large, MANY, async () => {
    const brought = await load(world.context, small, ledgerCsv(Array<LedgerRow>(SEGMENT_LINES_MIN).fill(same)))
    expect(brought).toMatchObject({ lines: { new: 1, duplicate: SEGMENT_LINES_MIN - 1 } })
  })
  expect(await world.owner`select from lines where segment > 0`).toHaveLength(1)
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 2, lines: { new: 1_499, changed: 1 } })
  expect(await standing(large)).toBe(1_500)
  await agrees()
})

test('so does a line that came again unchanged and has ended meanwhile', async () => {
  const { large, small } = await newJobs()
  await load(world.context, large, ledgerCsv(MANY.slice(0, 100)))
  const report = await runBeside(large, MANY, () => load(world.context, small, one('L50')))
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 2, lines: { new: 1_400, changed: 1, unchanged: 99 } })
  await agrees()
})

test('what withdraws what it does not bring is judged again where one of its slices was touched, and only then', async () => {
  const { large, small } = await newJobs({ extract: 'full' })
  const elsewhere = () => load(world.context, small, one('other', { period: '2026-02' }))
  expect(await runBeside(large, MANY, elsewhere)).toMatchObject({ outcome: 'succeeded', attempts: 1 })
  const within = () => load(world.context, small, one('other', { text: 'in a slice of it' }))
  expect(await runBeside(large, [...MANY, { id: 'more' }], within)).toMatchObject({ attempts: 2, lines: { removed: 1 } })
  expect(await standing(large)).toBe(1_501)
  await agrees()
})

test('a period of it that was closed meanwhile does, and the attempt says so', async () => {
  const { large } = await newJobs({ onFailure: 'quarantine' })
  const entity = `NO-${systems}`
  const rows = ledgerRows(10, { entity })
  const close = () =>
    setPeriodState(world.context, { entity, period: '2026-03', state: 'closed', reason: 'for a test', actor: ADMIN })
  expect(await runBeside(large, rows, close)).toMatchObject({ attempts: 2, lines: { new: 0, rejected: 10 } })
  const [attempt] = await world.owner`select failure_detail as detail from attempts order by run_id desc, attempt limit 1`
  expect(attempt!.detail).toMatch('a period that it touches was closed since its rules were asked')
})

test('to be sent back counts as no attempt', async () => {
  const { large, small } = await newJobs({ retry: { attempts: 1, baseMs: 10, maxMs: 20 } })
  const report = await runBeside(large, MANY, () => load(world.context, small, one('L700')))
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 2 })
})

test.each([
  { before: 'handed back', outcome: 'succeeded' },
  { before: 'sent back', outcome: 'failed' },
])('after 20 attempts that were $before, one more that is sent back: $outcome', async ({ before, outcome }) => {
  const { large, small } = await newJobs({ retry: { attempts: 1, baseMs: 10, maxMs: 20 } })
  const report = await runBeside(large, MANY, () => load(world.context, small, one('L700')), { attempts: 20, outcome: before })
  expect(report).toMatchObject({ outcome })
})
