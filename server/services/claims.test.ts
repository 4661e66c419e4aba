import { afterEach, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { listHeld } from '#db/queries/total-screens.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob, ledgerRows, TRAILER } from '#db/testing/ledger.ts'
import { ADMIN, load, runSource } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { startLedgerSimulator, type Fault, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'

const world = useDatabase()
const simulators: LedgerSimulator[] = []
afterEach(() => Promise.all(simulators.splice(0).map((simulator) => simulator.stop())))

/** Ten lines in five documents, 50.00 on either side. */
const ROWS = ledgerRows(10).map((row) => ({ ...row, debit: row.debit && '10.00', credit: row.credit && '10.00' }))
const TRUE = { records: '10', documents: '5', debit: '50.00', credit: '50.00' }
const trailer = (change: Partial<typeof TRUE> = {}) => {
  const { records, documents, debit, credit } = { ...TRUE, ...change }
  return [records, documents, debit, credit]
}
const claimingJob = (onFailure: 'hold' | 'quarantine', tolerance = '0') =>
  ledgerJob({
    job: `claims-${onFailure}`,
    format: { type: 'csv', trailer: TRAILER },
    onFailure,
    tolerance: { absolute: tolerance },
  })

for (const onFailure of ['hold', 'quarantine'] as const) {
  test.each([
    ['one record too many', { records: '11' }, 'claimed_count_differs'],
    ['one record too few', { records: '9' }, 'claimed_count_differs'],
    ['one document too many', { documents: '6' }, 'claimed_count_differs'],
    ['a cent more debit', { debit: '50.01' }, 'claimed_amount_differs'],
    ['a cent less debit', { debit: '49.99' }, 'claimed_amount_differs'],
    ['a cent more credit', { credit: '50.01' }, 'claimed_amount_differs'],
  ])(`a trailer that states %s holds the load, also with onFailure ${onFailure}`, async (_what, change, code) => {
    const before = await publishedHash(world.db)
    const report = await load(world.context, claimingJob(onFailure), ledgerCsv(ROWS, trailer(change)))
    expect(report).toMatchObject({ outcome: 'held', publication: null, exceptions: [{ class: 'control', code }] })
    expect(await publishedHash(world.db)).toBe(before)
  })

  test.each<[string, Fault['kind'], string[]]>([
    ['states one record too many', 'claim_off_by_one', ['claimed_count_differs']],
    ['lost a record', 'short_page', ['claimed_amount_differs', 'claimed_count_differs']],
    ['changed an amount by a cent', 'amount_off_by_cent', ['claimed_amount_differs']],
  ])(`an API that %s holds the load, also with onFailure ${onFailure}`, async (_what, kind, codes) => {
    const before = await publishedHash(world.db)
    // The last of three pages: its totals are the last word, and its lines are those that were touched.
    const { url } = await simulate(30, [{ on: 'request', nth: 3, kind } as Fault])
    const report = await runSource(world.context, httpLedgerJob(url, { job: `http-${onFailure}`, onFailure }))
    expect(report).toMatchObject({ outcome: 'held', publication: null })
    expect([...new Set(report.exceptions.map((e) => e.code))].sort()).toEqual(codes)
    expect(await publishedHash(world.db)).toBe(before)
  })
}

test('the correct delivery is published, and closes what the short one opened', async () => {
  const job = claimingJob('quarantine')
  await load(world.context, job, ledgerCsv(ROWS.slice(1), trailer()))
  expect(await openCodes(job.job)).toContain('claimed_count_differs')
  expect(await load(world.context, job, ledgerCsv(ROWS, trailer()))).toMatchObject({ outcome: 'succeeded', lines: { new: 10 } })
  expect(await openCodes(job.job)).toEqual([])
})

/** Of a system that no other test speaks of. */
const ownJob = (name: string) => ({ ...claimingJob('hold'), job: name, system: { code: name, name, kind: 'erp' as const } })

test('what is held of a delta job is not forgotten over the next file that ties: it closes when its records have come', async () => {
  const job = ownJob('claims-daily')
  const tuesday = ledgerRows(2, { prefix: 'T' })
  const held = await load(world.context, job, ledgerCsv(ROWS.slice(0, 9), trailer()), 'monday.csv')
  const open = await openCodes(job.job)
  expect(open).toContain('claimed_count_differs')
  const next = ledgerCsv(tuesday, ['2', '1', '10.00', '10.00'])
  expect((await load(world.context, job, next, 'tuesday.csv')).outcome).toBe('succeeded')
  expect(await openCodes(job.job), 'nothing of Monday came').toEqual(open)
  const listed = await listHeld(world.db, { scope: ['*'] })
  expect(
    listed.some(({ runId }) => runId === held.runId),
    'and its money is still held',
  ).toBe(true)
  const part = ledgerCsv(ROWS.slice(0, 2), ['2', '1', '10.00', '10.00'])
  await load(world.context, job, part, 'a part of monday.csv')
  expect(await openCodes(job.job), 'some of Monday came').toEqual(open)
  expect((await load(world.context, job, ledgerCsv(ROWS, trailer()), 'monday whole.csv')).lines).toMatchObject({
    new: 8,
    unchanged: 2,
  })
  expect(await openCodes(job.job)).toEqual([])
})

test('of two loads that are held behind one control each is known, and the one that has come is held no more', async () => {
  const job = ownJob('claims-twice')
  const heldRuns = async () =>
    (await listHeld(world.db, { system: job.job, scope: ['*'] })).map(({ runId, records }) => [runId, records])
  const behind = async () => (await listExceptions(world.db, { job: job.job, scope: ['*'] })).map(({ heldRuns }) => heldRuns)
  const day = (prefix: string) => ledgerRows(2, { prefix })
  const stated = ['2', '1', '10.00', '10.00'] as const
  const monday = await load(world.context, job, ledgerCsv(day('M').slice(0, 1), stated), 'monday.csv')
  const tuesday = await load(world.context, job, ledgerCsv(day('T').slice(0, 1), stated), 'tuesday.csv')
  const both = [tuesday.runId, monday.runId]
  expect(await heldRuns()).toEqual(both.map((runId) => [runId, 1]))
  expect(new Set((await behind()).map(String))).toEqual(new Set([String(both.toReversed())]))
  const tuesdayWhole = await load(world.context, job, ledgerCsv(day('T'), stated), 'tuesday whole.csv')
  expect(await heldRuns()).toEqual([[monday.runId, 1]])
  expect(new Set((await behind()).map(String))).toEqual(new Set([String(monday.runId)]))
  await load(world.context, job, ledgerCsv(day('M'), stated), 'monday whole.csv')
  expect([await heldRuns(), await openCodes(job.job)]).toEqual([[], []])
  const back = await rollbackRun(world.context, { runId: tuesdayWhole.runId, reason: 'wrong file', actor: ADMIN })
  expect(await heldRuns(), 'and waits again, whoever closed the control').toEqual([[tuesday.runId, 1]])
  expect(await openCodes(job.job)).not.toEqual([])
  await rollbackRun(world.context, { runId: back.runId, reason: 'it was right', actor: ADMIN })
  expect([await heldRuns(), await openCodes(job.job)], 'as it was').toEqual([[], []])
})

test('what is held of a delta job in which nothing came is closed by the same total, and by no other', async () => {
  const job = ownJob('claims-nothing')
  await load(world.context, job, ledgerCsv([], trailer()), 'monday.csv')
  const open = await openCodes(job.job)
  expect(open).toContain('claimed_count_differs')
  await load(world.context, job, ledgerCsv(ledgerRows(2, { prefix: 'N' }), ['2', '1', '10.00', '10.00']), 'tuesday.csv')
  expect(await openCodes(job.job)).toEqual(open)
  await load(
    world.context,
    job,
    ledgerCsv(
      ROWS.map((row) => ({ ...row, id: `N${row.id}` })),
      trailer(),
    ),
    'monday whole.csv',
  )
  expect(await openCodes(job.job)).toEqual([])
})

test('what stood already when it was held must come again as well, with what else came since', async () => {
  const job = ownJob('claims-again')
  await load(world.context, job, ledgerCsv(ROWS, trailer()))
  await load(world.context, job, ledgerCsv(ROWS, trailer({ records: '11' })), 'short.csv')
  const more = ledgerRows(2, { prefix: 'M' })
  await load(world.context, job, ledgerCsv(more, ['2', '1', '10.00', '10.00']), 'other.csv')
  expect(await openCodes(job.job)).toEqual(['claimed_count_differs'])
  await load(world.context, job, ledgerCsv([...ROWS, ...more], ['12', '6', '60.00', '60.00']), 'all.csv')
  expect(await openCodes(job.job)).toEqual([])
})

test('of a full extract the next one that ties is all there is', async () => {
  const job = { ...ownJob('claims-full'), extract: 'full' as const }
  await load(world.context, job, ledgerCsv(ROWS.slice(1), trailer()))
  await load(world.context, job, ledgerCsv(ROWS.slice(2), ['8', '4', '40.00', '40.00']))
  expect(await openCodes(job.job)).toEqual([])
})

test('tolerance excuses a cent, not two', async () => {
  const job = { ...claimingJob('hold', '0.01'), job: 'claims-tolerant' }
  expect((await load(world.context, job, ledgerCsv(ROWS, trailer({ debit: '50.02' })))).outcome).toBe('held')
  expect((await load(world.context, job, ledgerCsv(ROWS, trailer({ debit: '50.01', credit: '49.99' })))).outcome).toBe(
    'succeeded',
  )
})

test('tolerance never excuses a missing record, however small it is', async () => {
  const job = { ...claimingJob('quarantine', '1000.00'), job: 'claims-tolerant' }
  const rows = [...ROWS, { ...ROWS[0]!, id: 'small', debit: '0.01', credit: '' }]
  const stated = trailer({ records: '11', debit: '50.01' })
  const short = await load(world.context, job, ledgerCsv(rows.slice(0, 10), stated))
  expect(short).toMatchObject({ outcome: 'held', exceptions: [{ code: 'claimed_count_differs' }] })
  const wrongDocuments = await load(
    world.context,
    job,
    ledgerCsv(rows, trailer({ records: '11', debit: '50.01', documents: '6' })),
  )
  expect(wrongDocuments).toMatchObject({ outcome: 'held', exceptions: [{ code: 'claimed_count_differs' }] })
})

test('records that are refused or repeated count as sent', async () => {
  const job = { ...claimingJob('quarantine'), job: 'claims-refused' }
  const rows = [...ROWS, ROWS[0]!, { ...ROWS[2]!, id: 'refused', account: '' }]
  const report = await load(world.context, job, ledgerCsv(rows, trailer({ records: '12', debit: '70.00' })))
  expect(report).toMatchObject({ outcome: 'succeeded', lines: { duplicate: 1, rejected: 1 } })
})

async function simulate(count: number, faults: readonly Fault[]): Promise<LedgerSimulator> {
  const simulator = await startLedgerSimulator({ lines: { count }, pageSize: 10, faults })
  simulators.push(simulator)
  return simulator
}

async function openCodes(job: string): Promise<string[]> {
  return (await listExceptions(world.db, { job, scope: ['*'] })).map((e) => e.code)
}
