import { afterEach, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { load, runSource, type JobInput } from '#db/testing/load.ts'
import { orphanPlaces, publishedHash } from '#db/testing/published.ts'
import { startLedgerSimulator, type Fault, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import type { FailureClass } from '#server/domain/errors.ts'

const world = useDatabase()
const simulators: LedgerSimulator[] = []
afterEach(() => Promise.all(simulators.splice(0).map((simulator) => simulator.stop())))

type Case = { what: string; fault?: Fault; attempts: number; expected: { class: FailureClass; code: string; requests: number } }
const always = { on: 'request', always: true } as const
const CASES: Case[] = [
  {
    what: 'is down',
    fault: { ...always, kind: 'down' },
    attempts: 3,
    expected: { class: 'technical_transient', code: 'source_unreachable', requests: 3 },
  },
  {
    what: 'asks us to slow down',
    fault: { ...always, kind: '429', retryAfterSeconds: 1 },
    attempts: 2,
    expected: { class: 'technical_transient', code: 'source_throttled', requests: 2 },
  },
  {
    what: 'says our token has expired',
    fault: { ...always, kind: 'expired_token' },
    attempts: 3,
    expected: { class: 'technical_permanent', code: 'credential_refused', requests: 1 },
  },
  {
    what: 'answers 503 with a page of HTML',
    fault: { ...always, kind: 'html_503' },
    attempts: 3,
    expected: { class: 'technical_transient', code: 'source_unavailable', requests: 3 },
  },
  {
    what: 'shows a sign-in page with status 200',
    fault: { ...always, kind: 'html_200' },
    attempts: 3,
    expected: { class: 'technical_permanent', code: 'source_contract_changed', requests: 1 },
  },
  {
    what: 'breaks off in the middle of its answer',
    fault: { ...always, kind: 'reset_mid_body' },
    attempts: 3,
    expected: { class: 'technical_transient', code: 'source_cut_short', requests: 3 },
  },
  {
    what: 'sends lines on an inactive cost centre',
    attempts: 3,
    expected: { class: 'business', code: 'member_inactive', requests: 1 },
  },
]

test.each(CASES.map((one) => [one.what, one] as const))(
  'a source that %s: class, code, and as often as the source was asked',
  async (what, { fault, attempts, expected }) => {
    await load(
      world.context,
      memberJob('cost_centre'),
      memberCsv(['code', 'name', 'status'], [['CC100', 'Old warehouse', 'inactive']]),
    )
    const before = await publishedHash(world.db)
    const simulator = await simulate(fault ? [fault] : [], 10, ['CC100'])
    const job = retrying(httpLedgerJob(simulator.url, { job: nameOf(what), rules: { members: ['cost_centre'] } }), attempts)
    const report = await runSource(world.context, job)

    expect(report.outcome).toBe(expected.class === 'business' ? 'held' : 'failed')
    expect(report.exceptions).toMatchObject([{ class: expected.class, code: expected.code }])
    expect(simulator.requests).toHaveLength(expected.requests)
    expect(report.attempts).toBe(expected.class === 'business' ? 1 : expected.requests)
    expect(await publishedHash(world.db)).toBe(before)
  },
)

test('Retry-After is waited for, though the job itself would ask again at once', async () => {
  const simulator = await simulate([{ on: 'request', nth: 1, kind: '429', retryAfterSeconds: 1 }])
  const report = await runSource(world.context, retrying(httpLedgerJob(simulator.url, { job: 'throttled-once' }), 3))
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 2, exceptions: [] })
  const [first, second] = simulator.requests.map((request) => request.at.getTime())
  expect(second! - first!).toBeGreaterThanOrEqual(1_000)
})

test('a source that comes back after some faults is loaded whole, and nothing it gave is asked for again', async () => {
  const simulator = await simulate(
    [
      { on: 'request', nth: 1, kind: 'down' },
      { on: 'request', nth: 4, kind: 'html_503' },
      { on: 'request', nth: 5, kind: 'cut_gzip' },
    ],
    30,
  )
  const report = await runSource(world.context, retrying(httpLedgerJob(simulator.url, { job: 'comes-back' }), 5))
  expect(report).toMatchObject({ outcome: 'succeeded', attempts: 4, exceptions: [], lines: { new: 30, duplicate: 0 } })
  // Three pages and three faults.
  expect(simulator.requests).toHaveLength(6)
})

test('a technical exception closes when a later run of the job gets through', async () => {
  const down = await simulate([{ ...always, kind: 'down' }])
  const job = retrying(httpLedgerJob(down.url, { job: 'mended' }), 2)
  await runSource(world.context, job)
  const [open] = await listExceptions(world.db, { job: 'mended', scope: ['*'] })
  const up = await simulate([])
  const report = await runSource(world.context, retrying(httpLedgerJob(up.url, { job: 'mended' }), 2))
  expect(await listExceptions(world.db, { job: 'mended', state: 'all', scope: ['*'] })).toMatchObject([
    { exceptionId: open!.exceptionId, closedByRunId: report.runId },
  ])
})

test('a run that failed in the middle of a file leaves no table behind', async () => {
  const rows = ledgerCsv([{ id: '1' }, { id: '2' }])
  const report = await load(world.context, ledgerJob({ job: 'malformed' }), `${rows}"a quote that never ends\n`)
  expect(report).toMatchObject({ outcome: 'failed', exceptions: [{ class: 'technical_permanent', code: 'file_malformed' }] })
  expect(await orphanPlaces(world.db)).toEqual([])
})

/** Of a system of its own: the simulated ledger gives everybody the same lines. */
const retrying = (job: JobInput, attempts: number): JobInput => ({
  ...job,
  system: { code: job.job, name: 'Simulated ledger', kind: 'erp', simulated: true },
  retry: { attempts, baseMs: 10, maxMs: 20 },
})
const nameOf = (what: string) => what.toLowerCase().replace(/[^a-z0-9]+/g, '-')

async function simulate(faults: readonly Fault[], count = 10, departments = ['CC100']): Promise<LedgerSimulator> {
  const simulator = await startLedgerSimulator({ lines: { count, departments }, pageSize: 10, faults })
  simulators.push(simulator)
  return simulator
}
