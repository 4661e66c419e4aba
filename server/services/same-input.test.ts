import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { listPublishedTotals, newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob, ledgerRows } from '#db/testing/ledger.ts'
import { importJob, keepFile, load, runSource, runUntilEnded, type JobInput } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { startLedgerSimulator, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { generateLedgerLines } from '#server/connectors/simulator/ledger-lines.ts'

const world = useDatabase()
const simulators: LedgerSimulator[] = []
afterEach(() => Promise.all(simulators.splice(0).map((simulator) => simulator.stop())))

let systems = 0
/** The same job for a system nobody has loaded yet; its figures are compared with those of another. */
function anew(make: (overrides: Pick<JobInput, 'job' | 'system'>) => JobInput): { job: JobInput; code: string } {
  const code = `erp-${++systems}`
  return { job: make({ job: `ledger-${systems}`, system: { code, name: 'ERP', kind: 'erp' } }), code }
}

const ROWS = ledgerRows(400)
const FILE = ledgerCsv(ROWS)

test('the same file again leaves everything as it was and says so', async () => {
  const { job } = anew(ledgerJob)
  await load(world.context, job, FILE)
  const [hash, publication] = [await publishedHash(world.db), await newestPublication(world.db)]
  const again = await load(world.context, job, FILE, 'another-name.csv')
  expect(again).toMatchObject({ outcome: 'succeeded', publication: null, lines: { new: 0, changed: 0, unchanged: 400 } })
  expect(again.sentence).toMatch(/^Already applied/)
  expect([await publishedHash(world.db), await newestPublication(world.db)]).toEqual([hash, publication])
})

test('the same file twice at the same moment is applied once', async () => {
  const once = await appliedOnce()
  const { job, code } = anew(ledgerJob)
  await importJob(world.context, job)
  const other = await world.addWorker()
  const runs = [await keepFile(world.context, job.job, FILE), await keepFile(world.context, job.job, FILE)]
  const reports = await Promise.all([runUntilEnded(world.context, runs[0]!), runUntilEnded(other, runs[1]!)])
  expect(reports.map((r) => r.outcome)).toEqual(['succeeded', 'succeeded'])
  expect(reports.filter((r) => r.publication !== null)).toHaveLength(1)
  expect(reports.find((r) => r.publication === null)!.sentence).toMatch(/^Already applied/)
  expect(await publishedHash(world.db, code)).toBe(once)
})

test.each([
  ['400 lines', 400],
  ['50,000 lines, each a segment of its own', 50_000],
])(
  'two jobs that bring %s of one system at the same moment leave what one would',
  async (_what, count) => {
    const file = count === 400 ? FILE : ledgerCsv(ledgerRows(count))
    const once = count === 400 ? await appliedOnce() : await appliedOnce(file)
    const { job, code } = anew(ledgerJob)
    const twin = { ...job, job: `${job.job}-twin` }
    await importJob(world.context, job, twin)
    const other = await world.addWorker()
    const runs = [await keepFile(world.context, job.job, file), await keepFile(world.context, twin.job, file)]
    const reports = await Promise.all([runUntilEnded(world.context, runs[0]!), runUntilEnded(other, runs[1]!)])
    expect(reports.map((r) => r.outcome)).toEqual(['succeeded', 'succeeded'])
    expect(reports.filter((r) => r.publication !== null)).toHaveLength(1)
    expect(reports.find((r) => r.publication === null)!.sentence).toMatch(/^Already applied/)
    expect(await publishedHash(world.db, code)).toBe(once)
  },
  60_000,
)

test('jobs of one system that share no key do not send each other back, however many publish at once', async () => {
  const { job } = anew(ledgerJob)
  const jobs = Array.from({ length: 8 }, (_, i) => ({ ...job, job: `${job.job}-${i}` }))
  await importJob(world.context, ...jobs)
  const runs = await Promise.all(
    jobs.map((one, i) => keepFile(world.context, one.job, ledgerCsv(ledgerRows(4, { prefix: `K${i}-` })))),
  )
  const reports = await Promise.all(runs.map((runId) => runUntilEnded(world.context, runId)))
  expect(reports.map(({ outcome, attempts }) => `${outcome} ${attempts}`)).toEqual(jobs.map(() => 'succeeded 1'))
  expect(reports.map(({ lines }) => lines.new)).toEqual(jobs.map(() => 4))
})

test('the order of the records does not matter', async () => {
  const once = await appliedOnce()
  const { job, code } = anew(ledgerJob)
  await load(world.context, job, ledgerCsv([...ROWS].reverse()))
  expect(await publishedHash(world.db, code)).toBe(once)
})

test('an API that sends its records in any order leaves the same figures', async () => {
  const lines = { count: 95 }
  const hashes = new Set<string>()
  for (const shuffle of [undefined, 1, 2, 3]) {
    const { url } = await simulate({ lines, pageSize: 10, ...(shuffle === undefined ? {} : { shuffle }) })
    const { job, code } = anew((overrides) => httpLedgerJob(url, overrides))
    expect(await runSource(world.context, job)).toMatchObject({ outcome: 'succeeded', lines: { new: 95 } })
    hashes.add(await publishedHash(world.db, code))
  }
  expect(hashes.size).toBe(1)
})

test('an API that sends every page twice leaves the same figures, and the second are duplicates', async () => {
  const lines = generateLedgerLines({ count: 40 })
  const pages = [lines.slice(0, 10), lines.slice(10, 20), lines.slice(20, 30), lines.slice(30)]
  const single = anew((overrides) => httpLedgerJob(new URL('/', 'http://x').origin, overrides))
  const [plain, doubled] = [
    await simulate({ lines, pageSize: 10 }),
    await simulate({ lines: pages.flatMap((page) => [...page, ...page]), pageSize: 10 }),
  ]
  const one = { ...httpLedgerJob(plain.url, { job: single.job.job, system: single.job.system }) }
  const two = anew((overrides) => httpLedgerJob(doubled.url, overrides))
  await runSource(world.context, one)
  expect(await runSource(world.context, two.job)).toMatchObject({ outcome: 'succeeded', lines: { new: 40, duplicate: 40 } })
  expect(await publishedHash(world.db, two.code)).toBe(await publishedHash(world.db, single.code))
})

test('an amount that moves by a cent at the source moves one cell by a cent, at every checkpoint', async () => {
  const entities = ['NO01', 'NO02', 'SE01']
  const rows = ledgerRows(60).map((row, i) => ({ ...row, entity: entities[i % 3]!, period: i % 2 === 0 ? '2026-02' : '2026-03' }))
  await fc.assert(
    fc.asyncProperty(fc.nat(rows.length - 1), async (at) => {
      const { job, code } = anew(ledgerJob)
      const first = await load(world.context, job, ledgerCsv(rows))
      const side = rows[at]!.debit ? 'debit' : 'credit'
      const cents = BigInt(rows[at]![side]!.replace('.', '')) + 1n
      const moved = rows.map((row, i) =>
        i === at ? { ...row, [side]: `${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}` } : row,
      )
      const second = await load(world.context, job, ledgerCsv(moved))
      const cell = { entity: rows[at]!.entity, period: rows[at]!.period, side, cents: 1n }
      for (const checkpoint of ['extracted', 'accepted', 'loaded']) {
        const of = (report: typeof first) => report.totals.filter((t) => t.checkpoint === checkpoint)
        expect(movement(of(first), of(second)), checkpoint).toEqual([cell])
      }
      const filter = { system: code, scope: ['*'] }
      const published = (publication: number) => listPublishedTotals(world.db, filter, publication)
      expect(movement(await published(first.publication!), await published(second.publication!))).toEqual([cell])
    }),
    { numRuns: 6 },
  )
})

type Total = { entity: string; period: string; count: number; debit: string; credit: string }

/** By how many cents which side of which cell moved; a cell whose count moved is listed as itself. */
function movement(before: readonly Total[], after: readonly Total[]): unknown[] {
  expect(after.map(({ entity, period, count }) => [entity, period, count])).toEqual(
    before.map(({ entity, period, count }) => [entity, period, count]),
  )
  const cents = (amount: string) => BigInt(amount.replace('.', ''))
  return before.flatMap((t, i) =>
    (['debit', 'credit'] as const)
      .map((side) => ({ entity: t.entity, period: t.period, side, cents: cents(after[i]![side]) - cents(t[side]) }))
      .filter((one) => one.cents !== 0n),
  )
}

/** What the file leaves when it is applied once. */
async function appliedOnce(file = FILE): Promise<string> {
  const { job, code } = anew(ledgerJob)
  await load(world.context, job, file)
  return publishedHash(world.db, code)
}

async function simulate(options: Parameters<typeof startLedgerSimulator>[0]): Promise<LedgerSimulator> {
  const simulator = await startLedgerSimulator(options)
  simulators.push(simulator)
  return simulator
}
