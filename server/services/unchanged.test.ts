import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { listRepeatRows, type RepeatKey, type RepeatRow } from '#db/queries/run-records.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, ledgerRows, type LedgerRow } from '#db/testing/ledger.ts'
import { ADMIN, keepFile, load, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { verify } from './verify.ts'

/** Lines that come again unchanged are set aside while the file is read, and kept by the stretch. */
const world = useDatabase()

let systems = 0
function newJob(overrides: Partial<JobInput> = {}): JobInput {
  systems++
  return ledgerJob({ job: `ledger-${systems}`, system: { code: `erp-${systems}`, name: 'ERP', kind: 'erp' }, ...overrides })
}
/** Ten documents of four lines each. */
const ROWS: LedgerRow[] = ledgerRows(40).map((row, i) => ({ ...row, document: `D${Math.floor(i / 4)}` }))
const changed = (rows: readonly LedgerRow[], at: number, to: Partial<LedgerRow>) =>
  rows.map((row, i) => (i === at ? { ...row, ...to } : row))

const spansOf = (runId: number) =>
  world.db.execute<{ position: number; count: number }>(sql`
    select first_position as position, count from repeat_spans where load_id in (select load_id from loads where run_id = ${runId}) order by 1`)
const verifyAgrees = async () =>
  expect((await verify(world.context)).checks.filter((check) => check.differences.length > 0)).toEqual([])

test('a file that comes again is one stretch, and its list still shows every record in order, page by page', async () => {
  const job = newJob()
  await load(world.context, job, ledgerCsv(ROWS))
  const again = await load(world.context, job, ledgerCsv(ROWS))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 40, duplicate: 0 })
  expect([...(await spansOf(again.runId))]).toEqual([{ position: 2, count: 40 }])
  const pages = await pagesOf(again.runId, 7)
  expect(pages.map((page) => page.length)).toEqual([7, 7, 7, 7, 7, 5])
  expect(pages.flat().map((row) => [row.position, row.sourceKey])).toEqual(ROWS.map((row, i) => [i + 2, row.id]))
  await verifyAgrees()
})

test('a changed line ends a stretch, and the next one goes on after it', async () => {
  const job = newJob()
  await load(world.context, job, ledgerCsv(ROWS))
  const again = await load(world.context, job, ledgerCsv(changed(ROWS, 4, { text: 'other' })))
  expect(again.lines).toMatchObject({ new: 0, changed: 1, unchanged: 39 })
  expect([...(await spansOf(again.runId))]).toEqual([
    { position: 2, count: 4 },
    { position: 7, count: 35 },
  ])
  await verifyAgrees()
})

test('lines that stand in two loads by turns are stretches of each, also where the file is compared in the database', async () => {
  // A few rows against many lines: they are not compared as they are read.
  const job = newJob()
  await load(world.context, job, ledgerCsv(ledgerRows(400).map((row) => ({ ...row, id: `other-${row.id}` }))))
  const few = ROWS.slice(0, 12)
  await load(world.context, job, ledgerCsv(few))
  const mixed = ledgerCsv(few.map((row, i) => (Math.floor(i / 3) % 2 === 1 ? { ...row, text: 'later' } : row)))
  await load(world.context, job, mixed)
  const again = await load(world.context, job, mixed)
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 12 })
  expect([...(await spansOf(again.runId))]).toEqual([2, 5, 8, 11].map((position) => ({ position, count: 3 })))
  await verifyAgrees()
})

test('a record that comes twice in the file is unchanged once and a duplicate once', async () => {
  const job = newJob()
  await load(world.context, job, ledgerCsv(ROWS))
  const again = await load(world.context, job, ledgerCsv([...ROWS, ROWS[7]!]))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 40, duplicate: 1, rejected: 0 })
  expect((await pagesOf(again.runId, 100)).flat().filter((row) => row.sourceKey === ROWS[7]!.id)).toMatchObject([
    { outcome: 'duplicate', position: 42 },
    { outcome: 'unchanged', position: 9 },
  ])
  await verifyAgrees()
})

test.each([
  ['as it was, then otherwise', [0, 1]],
  ['otherwise, then as it was', [1, 0]],
  ['twice as it was, then otherwise', [0, 0, 1]],
  ['as it was, otherwise, then as it was', [0, 1, 0]],
])('a record that comes %s is refused each time: which is right cannot be known', async (_what, order) => {
  const job = newJob({ onFailure: 'quarantine' })
  await load(world.context, job, ledgerCsv(ROWS))
  const both = [ROWS[7]!, { ...ROWS[7]!, text: 'otherwise' }]
  const rest = ROWS.filter((_, i) => i !== 7)
  const [first, ...others] = order.map((which) => both[which]!)
  const again = await load(world.context, job, ledgerCsv([first!, ...rest, ...others]))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 39, duplicate: 0, rejected: order.length })
  await verifyAgrees()
})

test('a document is judged whole: with one line changed, its unchanged lines are refused with it', async () => {
  const job = newJob({ onFailure: 'quarantine', rules: { balanced: true } })
  await load(world.context, job, ledgerCsv(ROWS))
  const again = await load(world.context, job, ledgerCsv(changed(ROWS, 5, { credit: '0.01' })))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 36, rejected: 4 })
  await verifyAgrees()
})

test('also where those that came unchanged balance among themselves', async () => {
  const job = newJob({ onFailure: 'quarantine', rules: { balanced: true } })
  await load(world.context, job, ledgerCsv(ROWS))
  const again = await load(world.context, job, ledgerCsv(changed(changed(ROWS, 4, { debit: '0.01' }), 5, { text: 'other' })))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 36, rejected: 4 })
  await verifyAgrees()
})

test('and where two records that balance each other are refused by a rule of their own', async () => {
  const job = newJob({ onFailure: 'quarantine', rules: { balanced: true } })
  await load(world.context, job, ledgerCsv(ROWS))
  const unknown = { currency: 'QQQ' }
  const again = await load(world.context, job, ledgerCsv(changed(changed(ROWS, 4, unknown), 5, unknown)))
  expect(again.lines).toMatchObject({ new: 0, changed: 0, unchanged: 36, rejected: 4 })
  await verifyAgrees()
})

test('a document that stands and never balanced is refused when the rule comes, though it came unchanged', async () => {
  const job = newJob({ onFailure: 'quarantine' })
  const rows = changed(ROWS, 5, { credit: '0.01' })
  await load(world.context, job, ledgerCsv(rows))
  const again = await load(world.context, { ...job, rules: { ...job.rules, balanced: true } }, ledgerCsv(rows))
  expect(again.lines).toMatchObject({ unchanged: 36, rejected: 4 })
  await verifyAgrees()
})

test('two halves of a document far apart in the file balance, and a duplicate does not make up for a missing line', async () => {
  const job = newJob({ onFailure: 'quarantine', rules: { balanced: true } })
  const halves = [...ROWS.filter((_, i) => i % 4 < 1), ...ROWS.filter((_, i) => i % 4 >= 1)]
  expect((await load(world.context, job, ledgerCsv(halves))).lines).toMatchObject({ new: 40, rejected: 0 })
  const twice = { id: 'T1', document: 'T', debit: '50' }
  const file = ledgerCsv([twice, twice, { id: 'T2', document: 'T', credit: '100' }])
  expect((await load(world.context, job, file)).lines).toMatchObject({ new: 0, rejected: 2, duplicate: 1 })
  await verifyAgrees()
})

test('what others publish while the file is read counts: a line that ended meanwhile is not unchanged', async () => {
  const job = newJob()
  await load(world.context, job, ledgerCsv(ROWS))
  const newer = ledgerCsv(ROWS.map((row, i) => (i < 10 ? { ...row, text: 'newer' } : row)))
  const second = await load(world.context, job, newer)
  const before = await publishedHash(world.db, job.system.code)
  const runId = await keepFile(world.context, job.job, newer)

  const release = await holdReading()
  const ended = runUntilEnded(world.context, runId)
  await isWaitedFor()
  await rollbackRun(await world.addWorker(), {
    runId: second.runId,
    reason: 'taken back while the file is read',
    actor: ADMIN,
    idempotencyKey: 'while-reading',
  })
  await release()
  const report = await ended
  expect(report.lines).toMatchObject({ changed: 10, unchanged: 30 })
  expect(await publishedHash(world.db, job.system.code)).toBe(before)
  await verifyAgrees()
})

test('a record that comes twice stands once, also where its line ended while the file was read', async () => {
  const job = newJob()
  await load(world.context, job, ledgerCsv(ROWS))
  const newer = ROWS.map((row, i) => (i < 10 ? { ...row, text: 'newer' } : row))
  const second = await load(world.context, job, ledgerCsv(newer))
  const before = await publishedHash(world.db, job.system.code)
  const runId = await keepFile(world.context, job.job, ledgerCsv([...newer, newer[0]!]))

  const release = await holdReading()
  const ended = runUntilEnded(world.context, runId)
  await isWaitedFor()
  await rollbackRun(await world.addWorker(), { runId: second.runId, reason: 'taken back while the file is read', actor: ADMIN })
  await release()
  expect((await ended).lines).toMatchObject({ changed: 10, unchanged: 30, duplicate: 1 })
  expect(await publishedHash(world.db, job.system.code)).toBe(before)
  await verifyAgrees()
})

/** Until it is released nobody can read an artifact. */
async function holdReading(): Promise<() => Promise<void>> {
  const lock = await world.owner.reserve()
  await lock`begin`
  await lock`lock table artifact_chunks in access exclusive mode`
  return async () => {
    await lock`commit`
    lock.release()
  }
}

async function isWaitedFor(): Promise<void> {
  for (const end = Date.now() + 50_000; Date.now() < end; await sleep(10)) {
    const [waiting] =
      await world.owner`select 1 from pg_locks where relation = 'artifact_chunks'::regclass and not granted and database = (select oid from pg_database where datname = current_database())`
    if (waiting) return
  }
  throw new Error('nobody came to read')
}

async function pagesOf(runId: number, limit: number): Promise<RepeatRow[][]> {
  const pages: RepeatRow[][] = []
  for (let after: RepeatKey | undefined; ; after = pages.at(-1)!.at(-1)!) {
    const page = await listRepeatRows(world.db, { runId, scope: ['*'], after, limit })
    if (page.length === 0) return pages
    pages.push(page)
  }
}
