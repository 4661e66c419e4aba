import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob, ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { startLedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import { ADMIN, importJob, keepFile, runSource, runUntilEnded } from '#db/testing/load.ts'
import { confirmReplay } from './confirm-replay.ts'
import { replayRun, type ReplayRun } from './replay-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()
const refused = { code: 'replay_overtaken' }

test('a replay that puts older values back is done by who says so, or has seen its preview', async () => {
  const { context, owner } = world
  await importJob(context, ledgerJob())
  const loaded = async (debit: string) => {
    const runId = await keepFile(context, 'ledger', ledgerCsv([{ id: 'a', debit }]), `${debit}.csv`)
    await runUntilEnded(context, runId)
    return runId
  }
  const replay = async (runId: number, more: Partial<ReplayRun> = {}) => {
    const made = await replayRun(context, { runId, rules: 'current', preview: false, actor: ADMIN, ...more })
    await runUntilEnded(context, made.runId)
    return made.runId
  }
  const debit = async () => (await owner`select debit::float8 as debit from lines where superseded_at_pub is null`)[0]!.debit
  const older = await loaded('1')
  const again = await replay(older)
  const newer = await loaded('2')

  await expect(replay(older)).rejects.toMatchObject({ ...refused, detail: `run ${newer}` })
  await expect(replay(again), 'its input is as old').rejects.toMatchObject(refused)
  await replay(newer)
  expect(await debit()).toBe(2)

  const previewRunId = await replay(older, { preview: true })
  const confirmed = await confirmReplay(context, { runId: older, previewRunId, rules: 'current', actor: ADMIN })
  await runUntilEnded(context, confirmed.runId)
  expect(await debit()).toBe(1)
  const events =
    await owner`select after from audit_events where action = 'run.replayed' and object_id = ${older} order by event_id`
  expect(events.map(({ after }) => Boolean(after.overRun))).toEqual([false, true])

  await replay(newer)
  expect(await debit(), 'the older data that stands keeps nobody from the newer').toBe(2)
  await replay(older, { overNewer: true })
  expect(await debit()).toBe(1)
})

test('what was rolled back is not newer data', async () => {
  const { context } = world
  await importJob(context, ledgerJob({ job: 'other' }))
  const loaded = async (debit: string) => {
    const runId = await keepFile(context, 'other', ledgerCsv([{ id: 'b', debit }]), `${debit}.csv`)
    await runUntilEnded(context, runId)
    return runId
  }
  const older = await loaded('3')
  const newer = await loaded('4')
  await rollbackRun(context, { runId: newer, reason: 'for a test', actor: ADMIN })
  const { runId } = await replayRun(context, { runId: older, rules: 'current', preview: false, actor: ADMIN })
  expect((await runUntilEnded(context, runId)).outcome).toBe('succeeded')
})

test('a run that did not get all of its input is not replayed: a full extract would withdraw the rest', async () => {
  const { context } = world
  const simulator = await startLedgerSimulator({
    lines: { count: 30 },
    pageSize: 10,
    // The second page of the second run.
    faults: [{ on: 'request', nth: 5, kind: 'status', status: 404 }],
  })
  const system = { code: 'half', name: 'half', kind: 'erp' } as const
  const job = httpLedgerJob(simulator.url, { job: 'half', system, extract: 'full', format: { type: 'json', records: 'lines' } })
  expect(await runSource(context, job)).toMatchObject({ outcome: 'succeeded', lines: { new: 30 } })
  const half = await runSource(context, job)
  expect(half.outcome).toBe('failed')
  for (const preview of [true, false]) {
    const replay = replayRun(context, { runId: half.runId, rules: 'current', preview, actor: ADMIN })
    await expect(replay).rejects.toMatchObject({ code: 'run_cannot_replay', detail: expect.stringContaining('restart') })
  }
  await simulator.stop()
})
