import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { runSource } from '#db/testing/load.ts'
import { startLedgerSimulator, type Fault } from '#server/connectors/simulator/ledger-simulator.ts'

const world = useDatabase()

async function callsOf(runId: number) {
  return world.owner`
    select c.attempt, c.name, c.outcome, c.byte_count::int as bytes, c.retry_after_ms as "retryAfterMs", c.ms, s.code as system
    from connector_calls c join systems s on s.system_id = c.system_id join jobs j on j.job_id = c.job_id and j.system_id = s.system_id
    where c.run_id = ${runId} order by c.call_id`
}

async function askedWith(faults: Fault[]) {
  const simulator = await startLedgerSimulator({ lines: { count: 30 }, pageSize: 10, faults })
  const report = await runSource(world.context, httpLedgerJob(simulator.url, { retry: { attempts: 3, baseMs: 10, maxMs: 20 } }))
  await simulator.stop()
  return { report, calls: await callsOf(report.runId), requests: simulator.requests.length }
}

test('every request of a run is kept with what it brought, and those of the attempt that failed with the reason', async () => {
  const { report, calls, requests } = await askedWith([{ on: 'request', nth: 2, kind: 'html_503' }])
  expect(report.outcome).toBe('succeeded')
  expect(calls).toHaveLength(requests)
  expect(calls.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'ok'],
    [1, 'source_unavailable'],
    [2, 'ok'],
    [2, 'ok'],
  ])
  for (const { outcome, bytes, name } of calls) {
    expect(bytes > 0).toBe(outcome === 'ok')
    expect(name).toContain('/')
  }
})

test('a throttled request keeps how long it was asked to wait', async () => {
  const { calls } = await askedWith([{ on: 'request', nth: 1, kind: '429', retryAfterSeconds: 1 }])
  expect(calls[0]).toMatchObject({ outcome: 'source_throttled', retryAfterMs: 1_000, bytes: 0 })
})

test('a folder is a source like any other: listed once, each file read once', async () => {
  const path = await mkdtemp(join(tmpdir(), 'calls-'))
  const text = ledgerCsv([{ id: 'f1' }])
  await writeFile(join(path, 'one.csv'), text)
  const { runId } = await runSource(
    world.context,
    ledgerJob({ job: 'folder-calls', source: { type: 'folder', path, settleMs: 0, pattern: '*.csv' } }),
    'file:one.csv',
  )
  const calls = await callsOf(runId)
  expect(calls.map(({ name, outcome, bytes }) => [name, outcome, bytes])).toEqual([
    ['list one.csv', 'ok', 0],
    ['one.csv', 'ok', Buffer.byteLength(text)],
  ])
  await rm(path, { recursive: true })
})
