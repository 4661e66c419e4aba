import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { listCalls, sumCalls } from '#db/queries/system-screens.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob } from '#db/testing/load.ts'
import { startLedgerSimulator, type Fault, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { testConnection } from './test-connection.ts'

const world = useDatabase()
const simulators: LedgerSimulator[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(simulators.splice(0).map((simulator) => simulator.stop()))
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })))
  // The data are made again for each test; calls are only ever appended.
  await world.owner`truncate connector_calls`
})

const TOKEN = 'a-simulated-token'
const ever = { from: '2000-01-01T00:00:00Z', until: '2100-01-01T00:00:00Z', limit: 50 }
const always = { on: 'request', always: true } as const

async function simulated(fault?: Fault, tokenFrom?: string): Promise<string> {
  const simulator = await startLedgerSimulator({
    lines: { count: 30, seed: 1, entity: 'NO01', period: '2026-03', version: 'actual', currency: 'NOK' },
    pageSize: 10,
    ...(tokenFrom && { token: TOKEN }),
    ...(fault && { faults: [fault] }),
  })
  simulators.push(simulator)
  await importJob(world.context, httpLedgerJob(simulator.url, tokenFrom ? { source: { type: 'http', tokenFrom } } : {}))
  return simulator.url
}

const asked = (token: string | undefined, deadlineMs = 15_000) =>
  testConnection({ ...world.context, credential: () => token }, { job: 'http-ledger', actor: ADMIN, deadlineMs })

test('a source that answers: reached, accepted, readable, one page asked for and none of its data kept', async () => {
  await simulated(undefined, 'LEDGER_TOKEN')
  const before = await countAuditEvents(world.db)
  const found = await asked(TOKEN)
  expect(found).toMatchObject({ outcome: 'ok', system: 'erp', detail: null, action: null })
  expect(found.sentence).toMatch(/^Reached, the credential was accepted, its first record can be read: [\d,]+ bytes in \d+ ms\.$/)
  expect(simulators[0]!.requests).toHaveLength(1)
  const [call, ...more] = await listCalls(world.db, ever)
  expect(more).toEqual([])
  expect(call).toMatchObject({ job: 'http-ledger', runId: null, attempt: null, outcome: 'ok', bytes: found.bytes })
  expect(await world.owner`select 1 from artifacts union all select 1 from lines union all select 1 from runs`).toHaveLength(0)
  expect(await countAuditEvents(world.db)).toBe(before + 1)
  expect(JSON.stringify(await world.owner`select * from audit_events`)).not.toContain(TOKEN)
})

test.each<[string, Fault | undefined, string | undefined, string]>([
  ['is down', { ...always, kind: 'down' }, TOKEN, 'source_unreachable'],
  ['refuses our credential', { ...always, kind: 'expired_token' }, TOKEN, 'credential_refused'],
  ['shows a sign-in page with status 200', { ...always, kind: 'html_200' }, TOKEN, 'source_contract_changed'],
  ['asks us to slow down', { ...always, kind: '429', retryAfterSeconds: 7 }, TOKEN, 'source_throttled'],
  ['needs a credential that nobody set', undefined, undefined, 'credential_missing'],
])('a source that %s: its failure by name, what to do, and one call that says so', async (_what, fault, token, code) => {
  await simulated(fault, 'LEDGER_TOKEN')
  const found = await asked(token)
  expect(found).toMatchObject({ outcome: code, detail: expect.any(String), action: expect.any(String) })
  expect((await listCalls(world.db, ever)).map(({ outcome }) => outcome)).toEqual([code])
  const [figures] = await sumCalls(world.db, ever, 'system')
  expect(figures).toMatchObject({ calls: 1, failed: 1, p95: null, waitMs: code === 'source_throttled' ? 7_000 : 0 })
})

test('a source that drips is given up at the deadline', async () => {
  await simulated({ ...always, kind: 'slow_drip', bytesEveryMs: 200 })
  const began = Date.now()
  expect(await asked(undefined, 500)).toMatchObject({ outcome: 'source_timed_out' })
  // The page would drip for minutes.
  expect(Date.now() - began).toBeLessThan(15_000)
  expect((await listCalls(world.db, ever)).map(({ outcome }) => outcome)).toEqual(['source_timed_out'])
})

test('a folder: empty is no fault, a file is read, a broken one is named, and one that is missing too', async () => {
  const path = await mkdtemp(join(tmpdir(), 'tower-'))
  folders.push(path)
  const job = { ...ledgerJob({ job: 'folder', source: { type: 'folder', path, pattern: '*.csv', settleMs: 0 } }) }
  await importJob(world.context, job)
  const ask = () => testConnection(world.context, { job: 'folder', actor: ADMIN })
  expect((await ask()).sentence).toBe('Reached, but there is no file that fits the job and has settled. That is no fault.')
  await writeFile(join(path, 'a.csv'), ledgerCsv([{ id: '1' }]))
  expect(await ask()).toMatchObject({ outcome: 'ok', name: 'a.csv' })
  await writeFile(join(path, 'a.csv'), '')
  expect(await ask()).toMatchObject({ outcome: 'file_empty', name: 'a.csv' })
  await importJob(world.context, { ...job, source: { ...job.source, path: join(path, 'gone') } })
  expect(await ask()).toMatchObject({ outcome: 'source_not_found' })
  expect((await listCalls(world.db, ever)).filter(({ outcome }) => outcome !== 'ok').map(({ outcome }) => outcome)).toEqual([
    'source_not_found',
    'file_empty',
  ])
})

test('files that people bring are not tested, and an auditor tests nothing', async () => {
  await importJob(world.context, ledgerJob())
  const ask = (role: 'admin' | 'auditor') => testConnection(world.context, { job: 'ledger', actor: { ...ADMIN, role } })
  await expect(ask('admin')).rejects.toMatchObject({ code: 'source_needs_no_test' })
  await simulated()
  const refused = testConnection(world.context, { job: 'http-ledger', actor: { ...ADMIN, role: 'auditor' } })
  await expect(refused).rejects.toMatchObject({ code: 'not_allowed' })
  expect(simulators[0]!.requests).toHaveLength(0)
})
