import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { databaseCode } from '#db/failures.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, importJob, keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { addPerson } from '#server/services/add-person.ts'
import { cancelRun } from '#server/services/cancel-run.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { restartRun } from '#server/services/restart-run.ts'
import { rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { setPeriodState } from '#server/services/set-period-state.ts'
import { startRun } from '#server/services/start-run.ts'
import { verify } from '#server/services/verify.ts'
import { countAuditEvents } from './audit.ts'

const world = useDatabase()
const JOB = ledgerJob()
const HTTP_JOB = ledgerJob({
  job: 'http',
  source: { type: 'http', url: 'http://127.0.0.1:9/v1', paging: { style: 'none' } },
  format: { type: 'json' },
})

beforeAll(async () => {
  await load(world.context, JOB, ledgerCsv([{ id: '1' }]))
  await load(world.context, JOB, ledgerCsv([{ id: '1', debit: '2' }]))
  await importJob(world.context, HTTP_JOB)
})

test.each([
  ['change an audit event', `update audit_events set actor = 'nobody'`],
  ['delete an audit event', 'delete from audit_events'],
  ['empty the audit log', 'truncate audit_events'],
  ['write an audit event past the chain', `insert into audit_events select * from audit_events limit 1`],
  ['move the head of the chain', `update audit_head set event_id = 0`],
  ['change the amount of a line', `update lines set debit = 0`],
  ['delete a line', 'delete from lines'],
  ['change the bytes of an artifact', `update artifact_chunks set bytes = ''`],
  ['delete an artifact', 'delete from artifacts'],
  ['delete a publication', 'delete from publications'],
  ['change a version of a job', `update job_versions set created_by = 'nobody'`],
  ['switch its triggers off', 'alter table audit_events disable trigger all'],
  ['become the owner', 'set role tower_owner'],
])('the role the program works as may not %s', async (_what, statement) => {
  const refused = await world.db.execute(sql.raw(statement)).catch((error: unknown) => error)
  expect(databaseCode(refused)).toBe('42501')
})

test.each([
  [
    'edits',
    `update audit_events set actor = 'somebody else' where event_id = 3`,
    'audit event 3 was changed or does not follow the one before',
  ],
  // A clever one computes its hash again; the next event still follows what was there.
  [
    'edits, with a new hash,',
    `update audit_events e set actor = 'somebody else', hash = audit_hash(previous_hash, (e.event_id, e.at, 'somebody else', e.role, e.action, e.object_type,
      e.object_id, e.reason, e.before, e.after, e.correlation_id, e.previous_hash, '')::audit_events) where event_id = 3`,
    'audit event 4 was changed or does not follow the one before',
  ],
  ['deletes from the middle', 'delete from audit_events where event_id = 2', 'audit event 2 is missing'],
  ['deletes from the beginning', 'delete from audit_events where event_id = 1', 'audit event 1 is missing'],
  [
    'cuts off the end',
    'delete from audit_events where event_id >= 5',
    'audit event 6 is the last one known, and it is not there',
  ],
])('an event that a superuser %s is named', async (_what, tampering, finding) => {
  expect(await auditFindings()).toEqual([])
  await world.owner`create table kept as table audit_events`
  try {
    await world.owner.unsafe(tampering)
    expect(await auditFindings()).toEqual([finding])
  } finally {
    await world.owner`truncate audit_events`
    await world.owner`insert into audit_events select * from kept order by event_id`
    await world.owner`drop table kept`
  }
})

test('every command appends exactly one event', async () => {
  const { context } = world
  const actor = ADMIN
  const file = (text: string) => loadFile(context, { job: JOB.job, name: 'a.csv', bytes: bytesOf(text), actor })
  const published = await load(context, JOB, ledgerCsv([{ id: '1', debit: '3' }]))
  const commands: [string, () => Promise<unknown>][] = [
    ['file.received', () => file(ledgerCsv([{ id: '7' }]))],
    ['run.started', () => startRun(context, { job: HTTP_JOB.job, actor })],
    ['run.replayed', () => replayRun(context, { runId: published.runId, rules: 'current', preview: false, actor })],
    ['replay.previewed', () => replayRun(context, { runId: published.runId, rules: 'current', preview: true, actor })],
    ['publication.withdrawn', () => rollbackRun(context, { runId: published.runId, actor })],
    ['job.imported', () => importJob(context, { ...JOB, title: 'Another title' })],
    [
      'calendar.imported',
      () => importDefinitions(context, { yaml: '{ kind: calendar, calendar: fy, pattern: months, yearEndMonth: 6 }', actor }),
    ],
    ['period.changed', () => setPeriodState(context, { entity: 'NO01', period: '2026-01', state: 'soft_closed', actor })],
    ['person.added', () => addPerson(context, { signIn: 'p', name: 'P', role: 'it', entityScope: ['*'], password: 'x', actor })],
  ]
  for (const [action, command] of commands) expect(await appended(command), action).toEqual([action])
  // Runs of one job are carried out in their order.
  const earlier = await world.owner<{ run_id: number }[]>`
    select run_id from runs where status = 'queued' and job_id = (select job_id from runs where run_id = ${published.runId}) order by 1`
  for (const { run_id } of earlier) await runUntilEnded(context, run_id)
  const queued = await file(ledgerCsv([{ id: '8' }]))
  expect(await appended(() => cancelRun(context, { runId: queued.runId, actor }))).toEqual(['run.cancelled'])
  expect(await appended(() => restartRun(context, { runId: queued.runId, actor }))).toEqual(['run.restarted'])
  // What the worker does to a run: one event for its end.
  expect(await appended(() => runUntilEnded(context, queued.runId))).toEqual(['load.published'])
  const again = await keepFile(context, JOB.job, ledgerCsv([{ id: '8' }]))
  expect(await appended(() => runUntilEnded(context, again))).toEqual(['run.found_nothing_new'])
  const broken = await keepFile(context, JOB.job, ledgerCsv([{ id: '9', account: '' }]))
  expect(await appended(() => runUntilEnded(context, broken))).toEqual(['run.held'])
  const malformed = await keepFile(context, JOB.job, '')
  expect(await appended(() => runUntilEnded(context, malformed))).toEqual(['run.failed'])
  // Nothing changed, so there is nothing to say.
  expect(await appended(() => importJob(context, { ...JOB, title: 'Another title' }))).toEqual([])
})

test('a command that fails leaves no event, and one whose event cannot be written leaves nothing else', async () => {
  const { context } = world
  const events = () => countAuditEvents(world.db)
  const before = await events()
  await expect(setPeriodState(context, { entity: 'NO01', period: '2026-99', state: 'closed', actor: ADMIN })).rejects.toThrow()
  await expect(rollbackRun(context, { runId: 1, actor: ADMIN })).rejects.toThrow()
  await expect(startRun(context, { job: JOB.job, actor: ADMIN })).rejects.toThrow()
  await expect(importDefinitions(context, { yaml: 'job: Not a Name', actor: ADMIN })).rejects.toThrow()
  expect(await events()).toBe(before)

  await world.owner`alter table audit_events add constraint nobody_closes check (action <> 'period.changed') not valid`
  await expect(setPeriodState(context, { entity: 'NO01', period: '2026-05', state: 'closed', actor: ADMIN })).rejects.toThrow()
  await world.owner`alter table audit_events drop constraint nobody_closes`
  expect(await world.owner`select 1 from period_states where period = '2026-05'`).toHaveLength(0)
  expect(await events()).toBe(before)
  expect(await auditFindings()).toEqual([])
})

async function appended(command: () => Promise<unknown>): Promise<string[]> {
  const before = await countAuditEvents(world.db)
  await command()
  const rows = await world.owner<{ action: string }[]>`select action from audit_events order by event_id`
  return rows.slice(before).map((row) => row.action)
}

async function auditFindings(): Promise<readonly string[]> {
  const { checks } = await verify(world.context)
  return checks.find((check) => check.name === 'audit log')!.differences
}
