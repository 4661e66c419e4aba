import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { databaseCode } from '#db/failures.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, importJob, keepFile, load, runUntilEnded } from '#db/testing/load.ts'
import { WORKER } from '#server/domain/actor.ts'
import { textOf } from '#server/platform/audit-log/testing.ts'
import { readKey, readNote, verifyBundle } from '#server/platform/audit-log/verify-audit.mjs'
import { addPerson } from '#server/services/add-person.ts'
import { cancelRun } from '#server/services/cancel-run.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { loadFile } from '#server/services/load-file.ts'
import { readBundle } from '#server/services/reads/audit-bundle.ts'
import { replayRun } from '#server/services/replay-run.ts'
import { restartRun } from '#server/services/restart-run.ts'
import { rollbackRun } from '#server/services/rollback/rollback-run.ts'
import { setPeriodState } from '#server/services/set-period-state.ts'
import { startRun } from '#server/services/start-run.ts'
import { verify } from '#server/services/verify.ts'
import { countAuditEvents } from './audit.ts'
import { listAuditKeys } from './audit-log.ts'

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
  ['write an audit event past the door', `insert into audit_events select * from audit_events limit 1`],
  ['take an event from what waits for its leaf', 'delete from audit_pending'],
  [
    'give a leaf past the door',
    `insert into audit_leaves select leaf_index + 1000, event_id + 1000, hash from audit_leaves limit 1`,
  ],
  ['change a leaf', `update audit_leaves set hash = hash`],
  ['delete leaves', 'delete from audit_leaves'],
  ['change a node', `update audit_nodes set hash = hash`],
  ['rename the log', `update audit_log set origin = 'another'`],
  ['change a checkpoint', `update audit_checkpoints set note = ''`],
  ['delete checkpoints', 'delete from audit_checkpoints'],
  ['change a key', `update audit_keys set verifier = ''`],
  ['delete a key', 'delete from audit_keys'],
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

const REHASHED = (eventId: number) =>
  `update audit_leaves set hash = sha256(decode('00', 'hex') || convert_to('{}', 'UTF8')) where event_id = ${eventId}`
const SIGNED =
  'the checkpoint of 7 leaves, signed <time>, is not of these leaves: one of the first 7 was changed, taken out or put in'

test.each<[string, string, string[]]>([
  [
    'edits',
    `update audit_events set actor = 'somebody else' where event_id = 3`,
    ['audit event 3 was changed: it is not what its leaf 2 says'],
  ],
  // A clever one computes the leaf again; what was signed still stands for the old one.
  ['edits, with a new leaf,', `${REHASHED(3)}`, ['audit event 3 was changed: it is not what its leaf 2 says', SIGNED]],
  ['deletes from the middle', 'delete from audit_events where event_id = 2', ['audit event 2 is missing (leaf 1)']],
  ['deletes from the beginning', 'delete from audit_events where event_id = 1', ['audit event 1 is missing (leaf 0)']],
  [
    'cuts off the end',
    'delete from audit_events where event_id >= 5',
    ['audit event 5 is missing (leaf 4)', 'audit event 6 is missing (leaf 5)', 'audit event 7 is missing (leaf 6)'],
  ],
  [
    'cuts off the end, with its leaves,',
    'delete from audit_events where event_id >= 5; delete from audit_leaves where event_id >= 5',
    ['the checkpoint signed <time> counts 7 leaves, the log holds 4: its end was cut off'],
  ],
  [
    'takes out with its leaf',
    'delete from audit_events where event_id = 2; delete from audit_leaves where event_id = 2',
    ['leaf 1 of the audit log is missing'],
  ],
  [
    'takes out with its leaf, and counts the others anew,',
    `delete from audit_events where event_id = 2; delete from audit_leaves where event_id = 2;
     update audit_leaves set leaf_index = leaf_index - 1 where leaf_index > 1`,
    ['the checkpoint signed <time> counts 7 leaves, the log holds 6: its end was cut off'],
  ],
  [
    'puts in past the door',
    `insert into audit_events select 99, at, actor, role, action, object_type, object_id, reason, before, after, correlation_id from audit_events where event_id = 1`,
    ['audit event 99 was not written through the door: it has no leaf'],
  ],
  [
    'hides behind another checkpoint',
    `update audit_checkpoints set note = replace(note, E'\n7\n', E'\n8\n')`,
    ['the checkpoint of 7 leaves, signed <time>, is not what was signed'],
  ],
])('an event that a superuser %s is named', async (_what, tampering, findings) => {
  await signCheckpoint(world.context, { actor: WORKER })
  expect(await auditFindings()).toEqual([])
  const tables = ['audit_events', 'audit_leaves', 'audit_checkpoints']
  for (const table of tables) await world.owner.unsafe(`create table kept_${table} as table ${table}`)
  try {
    await world.owner.unsafe(tampering)
    expect((await auditFindings()).map((text) => text.replace(/signed \S+Z/, 'signed <time>'))).toEqual(findings)
  } finally {
    for (const table of tables) {
      await world.owner.unsafe(`truncate ${table}`)
      await world.owner.unsafe(`insert into ${table} overriding system value select * from kept_${table}`)
      await world.owner.unsafe(`drop table kept_${table}`)
    }
  }
})

test('a log that is not the one signed before is not signed again', async () => {
  const { context } = world
  await signCheckpoint(context, { actor: WORKER })
  await setPeriodState(context, { entity: 'NO01', period: '2026-03', state: 'soft_closed', actor: ADMIN })
  const [leaf] = await world.owner`select hash from audit_leaves where leaf_index = 1`
  await world.owner`update audit_leaves set hash = sha256(hash) where leaf_index = 1`
  await expect(signCheckpoint(context, { actor: WORKER })).rejects.toMatchObject({ code: 'audit_log_changed' })
  await world.owner`update audit_leaves set hash = ${leaf!.hash} where leaf_index = 1`
  await signCheckpoint(context, { actor: WORKER })
})

/**
 * Everything a superuser can do who also holds the private key: the event is gone, the others are counted and hashed anew, every
 * checkpoint is signed anew. Inside the database nothing differs any more; whoever kept a checkpoint sees it.
 */
test('a superuser who deletes an event, hashes the log anew and signs it anew is caught by a checkpoint that was kept', async () => {
  const { context } = world
  const older = await signCheckpoint(context, { actor: WORKER })
  await setPeriodState(context, { entity: 'NO01', period: '2026-02', state: 'soft_closed', actor: ADMIN })
  const honest = await logOf()
  const kept = { name: 'the kept checkpoint', note: readNote(older.note)! }
  const keys = (await listAuditKeys(world.db)).map(({ verifier }) => readKey(verifier)!)
  expect((await verifyBundle([Buffer.from(honest)], { keys, checkpoints: [kept] })).faults).toEqual([])

  await world.owner`delete from audit_events where event_id = 2`
  await world.owner`insert into audit_pending select event_id from audit_events on conflict do nothing`
  await world.owner`truncate audit_leaves, audit_nodes, audit_checkpoints`
  const forged = await logOf()
  // The forger has thought of everything that the database knows.
  expect(await auditFindings()).toEqual([])
  expect((await verifyBundle([Buffer.from(forged)], { keys })).faults).toEqual([])
  const { faults } = await verifyBundle([Buffer.from(forged)], { keys, checkpoints: [kept] })
  expect(faults).toEqual([
    `the kept checkpoint: the first ${older.size} leaves are not those that were signed then: history was rewritten`,
  ])
})

const logOf = async (): Promise<string> => {
  await signCheckpoint(world.context, { actor: WORKER })
  return textOf(readBundle(world.db, { request: { actor: ADMIN }, filters: {}, isWhole: true }, new Date()))
}

test('every command appends exactly one event', async () => {
  const { context } = world
  const actor = ADMIN
  const file = (text: string) => loadFile(context, { job: JOB.job, name: 'a.csv', bytes: bytesOf(text), actor })
  const published = await load(context, JOB, ledgerCsv([{ id: '1', debit: '3' }]))
  const commands: [string, () => Promise<unknown>][] = [
    ['file.received', () => file(ledgerCsv([{ id: '7' }]))],
    ['run.started', () => startRun(context, { job: HTTP_JOB.job, actor })],
    [
      'run.replayed',
      () => replayRun(context, { runId: published.runId, rules: 'current', preview: false, overNewer: true, actor }),
    ],
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
