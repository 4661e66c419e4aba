import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { newestRunId } from '#db/queries/runs.ts'
import { newestPublication } from '#db/queries/totals.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, bytesOf, importJob, load } from '#db/testing/load.ts'
import { publishedHash } from '#db/testing/published.ts'
import { COMMAND_POLICY, ROLES, type Actor, type CommandName } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { MemberCorrection } from '#server/domain/member-correction.ts'
import type { MappingChange } from '#server/domain/mapping/change.ts'
import { assignExceptions } from './assign-exceptions.ts'
import { moveExceptions } from './move-exceptions.ts'
import { gradeExceptions } from './grade-exceptions.ts'
import { proposeEnding } from './propose-ending.ts'
import { decideEnding } from './decide-ending.ts'
import { reopenExceptions } from './reopen-exceptions.ts'
import { noteExceptions } from './note-exceptions.ts'
import { addPerson } from './add-person.ts'
import { abortBulkReplay } from './bulk-replay/abort-bulk-replay.ts'
import { approveBulkReplay } from './bulk-replay/approve-bulk-replay.ts'
import { rehearseReplay } from './bulk-replay/rehearse-replay.ts'
import { startBulkReplay } from './bulk-replay/start-bulk-replay.ts'
import { cancelRun } from './cancel-run.ts'
import { abortDelivery, holdDelivery, retryDelivery } from './change-delivery.ts'
import { changePerson } from './change-person.ts'
import { endStandIn } from './stand-in/end-stand-in.ts'
import { nameStandIn } from './stand-in/name-stand-in.ts'
import { classifyException } from './classify-exception.ts'
import { askReopening } from './close/ask-reopening.ts'
import { decideReopening } from './close/decide-reopening.ts'
import { correctMember } from './correct-member.ts'
import { decideCorrection } from './corrections/decide-correction.ts'
import { proposeCorrection } from './corrections/propose-correction.ts'
import { withdrawCorrection } from './corrections/withdraw-correction.ts'
import { decideMapping } from './decide-mapping.ts'
import { importDefinitions } from './import-definitions.ts'
import { loadFile } from './load-file.ts'
import { perform } from './perform.ts'
import { addEvidence, withdrawEvidence } from './reconcile/evidence.ts'
import { explainBreak, withdrawExplanation } from './reconcile/explain.ts'
import { joinLines } from './reconcile/match-lines.ts'
import { decideDefinition } from './reconcile/decide-definition.ts'
import { certifyReconciliation, prepareReconciliation, rejectReconciliation } from './reconcile/sign.ts'
import { readMentions } from './read-mentions.ts'
import { removeView } from './remove-view.ts'
import { proposeMapping } from './propose-mapping.ts'
import { changeSchedule } from './change-schedule.ts'
import { pauseJob } from './pause-job.ts'
import { resumeJob } from './resume-job.ts'
import { noteReading } from './audit/note-reading.ts'
import { rotateAuditKey } from './audit/rotate-key.ts'
import { signCheckpoint } from './audit/sign-checkpoint.ts'
import { recordAuditExport } from './record-audit-export.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'
import { rollbackRun } from './rollback/rollback-run.ts'
import { setPeriodState } from './set-period-state.ts'
import { startRun } from './start-run.ts'
import { testConnection } from './test-connection.ts'
import { withdrawClassificationRule } from './withdraw-classification-rule.ts'

const world = useDatabase()
const JOB = ledgerJob()
const HTTP_JOB = ledgerJob({
  job: 'http',
  source: { type: 'http', url: 'http://127.0.0.1:9/v1', paging: { style: 'none' } },
  format: { type: 'json' },
})
const someMember = (): MemberCorrection => ({
  dimension: 'project',
  entity: '',
  code: randomUUID(),
  name: 'A project',
  validFrom: '2026-01-01',
  validTo: '',
  isActive: true,
})
const DAILY = { cron: '0 6 * * *', timeZone: 'UTC', missed: 'once' } as const
/** Touched NO01 and SE01. */
let runId = 0
let proposalId = 0

beforeAll(async () => {
  await importJob(world.context, HTTP_JOB)
  runId = (await load(world.context, JOB, ledgerCsv([{ id: '1' }, { id: '2', entity: 'SE01' }]))).runId
  const draft = { system: 'erp', change: someChange(), reason: 'for the matrix', actor: ADMIN }
  proposalId = (await proposeMapping(world.context, draft)).proposalId
})
const someChange = (): MappingChange => ({
  dimension: 'project',
  sourceCode: randomUUID(),
  canonicalCode: 'P1',
  effectiveFrom: '',
  effectiveTo: '',
})

/** Who may do what, written down a second time: a change of the policy changes this too, knowingly. */
const MATRIX: Record<CommandName, readonly Actor['role'][]> = {
  loadFile: ['finance_operations', 'it', 'admin'],
  startRun: ['finance_operations', 'it', 'admin', 'service'],
  restartRun: ['it', 'admin'],
  replayRun: ['finance_operations', 'it', 'admin'],
  previewReplay: ['finance_operations', 'controller', 'it', 'admin'],
  rehearseReplay: ['finance_operations', 'controller', 'it', 'admin'],
  startBulkReplay: ['finance_operations', 'it', 'admin'],
  approveBulkReplay: ['controller', 'admin'],
  abortBulkReplay: ['finance_operations', 'it', 'admin'],
  rollbackRun: ['it', 'admin'],
  askRollback: ['it', 'admin'],
  decideRollback: ['controller', 'admin'],
  cancelRun: ['finance_operations', 'it', 'admin'],
  retryDelivery: ['it', 'admin'],
  holdDelivery: ['it', 'admin'],
  abortDelivery: ['it', 'admin'],
  importJob: ['finance_operations', 'it', 'admin'],
  importCalendar: ['finance_operations', 'it', 'admin'],
  setPeriodState: ['controller', 'admin'],
  askReopening: ['controller'],
  decideReopening: ['controller'],
  addPerson: ['admin'],
  changePerson: ['admin'],
  nameStandIn: ['finance_operations', 'controller', 'it', 'admin'],
  endStandIn: ['finance_operations', 'controller', 'it', 'admin'],
  testConnection: ['finance_operations', 'it', 'admin'],
  exportAudit: ['finance_operations', 'controller', 'it', 'auditor', 'admin'],
  noteReading: ['auditor'],
  readMentions: ['finance_operations', 'controller', 'it', 'admin'],
  signCheckpoint: ['controller', 'it', 'admin', 'service'],
  changeAuditKey: ['admin', 'service'],
  correctMember: ['finance_operations', 'admin'],
  proposeCorrection: ['finance_operations', 'admin'],
  decideCorrection: ['finance_operations', 'controller', 'admin'],
  withdrawCorrection: ['finance_operations', 'controller', 'admin'],
  saveView: ['finance_operations', 'controller', 'it', 'admin'],
  proposeMapping: ['finance_operations', 'controller', 'admin'],
  decideMapping: ['finance_operations', 'controller', 'admin'],
  pauseJob: ['finance_operations', 'it', 'admin'],
  resumeJob: ['finance_operations', 'it', 'admin'],
  changeSchedule: ['finance_operations', 'it', 'admin'],
  assignException: ['finance_operations', 'controller', 'it', 'admin'],
  moveException: ['finance_operations', 'controller', 'it', 'admin'],
  gradeException: ['finance_operations', 'controller', 'it', 'admin'],
  proposeEnding: ['finance_operations', 'controller', 'it', 'admin'],
  decideEnding: ['finance_operations', 'controller', 'it', 'admin'],
  reopenException: ['finance_operations', 'controller', 'it', 'admin'],
  noteException: ['finance_operations', 'controller', 'it', 'admin'],
  bringWorkSheet: ['finance_operations', 'controller', 'it', 'admin'],
  carryOutWorkSheet: ['finance_operations', 'controller', 'it', 'admin'],
  undoTriage: ['finance_operations', 'controller', 'it', 'admin'],
  importRouting: ['finance_operations', 'it', 'admin'],
  reviveException: ['service'],
  classifyException: ['it', 'admin'],
  withdrawClassificationRule: ['it', 'admin'],
  importReconciliation: ['controller', 'admin'],
  decideDefinition: ['controller'],
  compareReconciliation: ['finance_operations', 'controller', 'admin', 'service'],
  matchLines: ['finance_operations', 'controller'],
  explainBreak: ['finance_operations', 'controller'],
  addEvidence: ['finance_operations', 'controller'],
  withdrawEvidence: ['finance_operations', 'controller'],
  takeEvidencePack: ['finance_operations', 'controller', 'it', 'auditor', 'admin'],
  withdrawExplanation: ['finance_operations', 'controller'],
  prepareReconciliation: ['finance_operations', 'controller'],
  certifyReconciliation: ['controller'],
  rejectReconciliation: ['controller'],
  decideTick: ['service'],
  judgeFeed: ['service'],
  releaseRun: ['service'],
  publishLoad: ['service'],
  holdRun: ['service'],
  failRun: ['service'],
  recoverRun: ['service'],
  advanceBulkReplay: ['service'],
  endDelivery: ['service'],
  recoverDelivery: ['service'],
}

const NO_RECONCILIATION = { reconciliationId: 1_000_000 }
const SOME_RECONCILIATION = {
  kind: 'reconciliation',
  reconciliation: 'some',
  title: 'Some',
  sides: [
    { name: 'Ledger', system: 'erp' },
    { name: 'Other', system: 'other' },
  ],
  key: ['document'],
}
const NO_EXCEPTION = [{ exceptionId: 1_000_000 }]
const file = (text: string) => ({ job: JOB.job, name: 'a.csv', bytes: bytesOf(text) })
const replay = (actor: Actor, preview: boolean) =>
  replayRun(world.context, { runId, rules: 'current', preview, overNewer: true, actor })
const inner = (name: CommandName) => (actor: Actor) =>
  perform(world.context, { name, actor, request: {} }, async () => ({ result: null, entities: [], audit: null }))

/** Every command by the door people and programs really use. */
const DOORS: Record<CommandName, (actor: Actor) => Promise<unknown>> = {
  loadFile: (actor) => loadFile(world.context, { ...file(ledgerCsv([{ id: randomUUID() }])), actor }),
  startRun: (actor) => startRun(world.context, { job: HTTP_JOB.job, actor }),
  restartRun: (actor) => restartRun(world.context, { runId, actor }),
  replayRun: (actor) => replay(actor, false),
  previewReplay: (actor) => replay(actor, true),
  rollbackRun: (actor) =>
    rollbackRun(world.context, { runId: 1_000_000 + runId, actor }).catch(async (error: unknown) => {
      // A run that is not there is said to be missing to everybody; with one that is there the role counts.
      if (error instanceof Refusal && error.code === 'run_not_found') return inner('rollbackRun')(actor)
      throw error
    }),
  askRollback: inner('askRollback'),
  decideRollback: inner('decideRollback'),
  cancelRun: (actor) => cancelRun(world.context, { runId, actor }),
  importJob: (actor) =>
    importDefinitions(world.context, { yaml: JSON.stringify({ ...JOB, job: 'other', title: randomUUID() }), actor }),
  importCalendar: (actor) =>
    importDefinitions(world.context, { yaml: '{ kind: calendar, calendar: fy, pattern: months }', actor }),
  setPeriodState: (actor) => setPeriodState(world.context, { entity: 'NO01', period: '2026-01', state: 'open', actor }),
  askReopening: (actor) => askReopening(world.context, { entity: 'NO01', period: '2026-01', reason: 'for the matrix', actor }),
  decideReopening: (actor) =>
    decideReopening(world.context, { requestId: 1_000_000, isApproved: true, reason: 'for the matrix', actor }),
  addPerson: (actor) =>
    addPerson(world.context, { signIn: randomUUID(), name: 'P', role: 'it', entityScope: [], password: 'x', actor }),
  changePerson: (actor) => changePerson(world.context, { signIn: 'nobody', name: 'Somebody', reason: 'for a test', actor }),
  nameStandIn: (actor) =>
    nameStandIn(world.context, {
      forPerson: 'nobody',
      standIn: 'no-one',
      entities: ['*'],
      lastDay: '2099-01-01',
      reason: 'for a test',
      actor,
    }),
  endStandIn: (actor) => endStandIn(world.context, { standInId: 1_000_000, actor }),
  testConnection: (actor) => testConnection(world.context, { job: HTTP_JOB.job, actor }),
  proposeCorrection: (actor) =>
    proposeCorrection(world.context, {
      rejectedId: 1_000_000,
      field: 'cost_centre',
      found: 'A',
      corrected: 'B',
      reason: 'for the matrix',
      actor,
    }),
  decideCorrection: (actor) =>
    decideCorrection(world.context, { correctionId: 1_000_000, revision: 0, decision: 'approved', actor }),
  withdrawCorrection: (actor) =>
    withdrawCorrection(world.context, { correctionId: 1_000_000, revision: 0, reason: 'for the matrix', actor }),
  correctMember: (actor) => correctMember(world.context, { correction: someMember(), reason: 'for the matrix', actor }),
  saveView: (actor) => removeView(world.context, { viewId: 1_000_000, actor }),
  proposeMapping: (actor) =>
    proposeMapping(world.context, { system: 'erp', change: someChange(), reason: 'for the matrix', actor }),
  decideMapping: (actor) => decideMapping(world.context, { proposalId, decision: 'approved', actor }),
  pauseJob: (actor) => pauseJob(world.context, { job: HTTP_JOB.job, reason: 'for a test', actor }),
  resumeJob: (actor) => resumeJob(world.context, { job: HTTP_JOB.job, reason: 'for a test', actor }),
  changeSchedule: (actor) => changeSchedule(world.context, { job: HTTP_JOB.job, schedule: DAILY, reason: randomUUID(), actor }),
  assignException: (actor) => assignExceptions(world.context, { exceptions: NO_EXCEPTION, assignee: null, actor }),
  moveException: (actor) => moveExceptions(world.context, { exceptions: NO_EXCEPTION, to: 'in_progress', actor }),
  gradeException: (actor) =>
    gradeExceptions(world.context, { exceptions: NO_EXCEPTION, severity: 'low', reason: 'for the matrix', actor }),
  proposeEnding: (actor) =>
    proposeEnding(world.context, { exceptions: NO_EXCEPTION, ending: 'rejected', reason: 'for the matrix', actor }),
  decideEnding: (actor) => decideEnding(world.context, { exceptions: NO_EXCEPTION, decision: 'approved', actor }),
  reopenException: (actor) => reopenExceptions(world.context, { exceptions: NO_EXCEPTION, reason: 'for the matrix', actor }),
  noteException: (actor) => noteExceptions(world.context, { exceptions: NO_EXCEPTION, text: 'for the matrix', actor }),
  // Whose act it was is asked before the door; nobody has done one here.
  bringWorkSheet: inner('bringWorkSheet'),
  carryOutWorkSheet: inner('carryOutWorkSheet'),
  undoTriage: inner('undoTriage'),
  importRouting: (actor) => importDefinitions(world.context, { yaml: '{ kind: routing, rules: [] }', actor }),
  reviveException: inner('reviveException'),
  classifyException: (actor) =>
    classifyException(world.context, { exceptionId: 1_000_000, code: 'source_refused', reason: 'for the matrix', actor }),
  withdrawClassificationRule: (actor) =>
    withdrawClassificationRule(world.context, { ruleId: 1_000_000, reason: 'for the matrix', actor }),
  importReconciliation: (actor) => importDefinitions(world.context, { yaml: JSON.stringify(SOME_RECONCILIATION), actor }),
  // What is not there is said to be missing to everybody.
  decideDefinition: (actor) =>
    decideDefinition(world.context, { proposalId: 1_000_000, isApproved: true, reason: 'for the matrix', actor }),
  compareReconciliation: inner('compareReconciliation'),
  matchLines: (actor) => joinLines(world.context, { ...NO_RECONCILIATION, comparisonId: 1, matches: [1], actor }),
  addEvidence: (actor) =>
    addEvidence(world.context, { ...NO_RECONCILIATION, file: { name: 'a.txt', bytes: new Uint8Array(1) }, actor }),
  withdrawEvidence: (actor) => withdrawEvidence(world.context, { ...NO_RECONCILIATION, evidenceId: 1, actor }),
  takeEvidencePack: inner('takeEvidencePack'),
  explainBreak: (actor) =>
    explainBreak(world.context, {
      ...NO_RECONCILIATION,
      comparisonId: 1,
      part: 1,
      type: 'timing',
      amount: '1',
      text: 'for the matrix',
      actor,
    }),
  withdrawExplanation: (actor) => withdrawExplanation(world.context, { ...NO_RECONCILIATION, explanationId: 1, actor }),
  prepareReconciliation: (actor) => prepareReconciliation(world.context, { ...NO_RECONCILIATION, seenRevision: 0, actor }),
  certifyReconciliation: (actor) => certifyReconciliation(world.context, { ...NO_RECONCILIATION, seenRevision: 0, actor }),
  rejectReconciliation: (actor) =>
    rejectReconciliation(world.context, { ...NO_RECONCILIATION, seenRevision: 0, comment: 'for the matrix', actor }),
  decideTick: inner('decideTick'),
  judgeFeed: inner('judgeFeed'),
  releaseRun: inner('releaseRun'),
  exportAudit: (actor) => recordAuditExport(world.context, { format: 'csv', filters: {}, actor }),
  readMentions: (actor) => readMentions(world.context, { exceptionId: 1_000_000, actor }),
  noteReading: (actor) => noteReading(world.context, { screen: `/${actor.role}`, actor }),
  signCheckpoint: (actor) => signCheckpoint(world.context, { actor }),
  changeAuditKey: (actor) => rotateAuditKey(world.context, { reason: 'for a test', actor }),
  publishLoad: inner('publishLoad'),
  holdRun: inner('holdRun'),
  failRun: inner('failRun'),
  recoverRun: inner('recoverRun'),
  rehearseReplay: (actor) => rehearseReplay(world.context, { asked: { code: 'nothing' }, rules: 'current', actor }),
  startBulkReplay: (actor) => startBulkReplay(world.context, { bulkReplayId: 1_000_000, reason: 'for a test', actor }),
  approveBulkReplay: (actor) =>
    approveBulkReplay(world.context, { bulkReplayId: 1_000_000, isApproved: true, reason: 'for a test', actor }),
  abortBulkReplay: (actor) => abortBulkReplay(world.context, { bulkReplayId: 1_000_000, actor }),
  advanceBulkReplay: inner('advanceBulkReplay'),
  retryDelivery: (actor) => retryDelivery(world.context, { deliveryId: 1, reason: 'for a test', actor }),
  holdDelivery: (actor) => holdDelivery(world.context, { deliveryId: 1, reason: 'for a test', actor }),
  abortDelivery: (actor) => abortDelivery(world.context, { deliveryId: 1, reason: 'for a test', actor }),
  endDelivery: inner('endDelivery'),
  recoverDelivery: inner('recoverDelivery'),
}

test.each(
  (Object.keys(COMMAND_POLICY) as CommandName[]).flatMap((command) =>
    [...ROLES, 'service' as const].map((role) => [command, role] as const),
  ),
)('%s as %s', async (command, role) => {
  const before = await countAuditEvents(world.db)
  const answer = await DOORS[command]({ name: `test:${role}`, role, entityScope: ['*'] }).catch((error: unknown) => error)
  if (MATRIX[command].includes(role)) {
    // Allowed: done, or refused for what it is and not for who asks.
    if (answer instanceof Error)
      expect(answer).toMatchObject({ name: 'Refusal', code: expect.not.stringMatching(/^not_allowed$/) })
  } else {
    expect(answer).toMatchObject({ name: 'Refusal', code: 'not_allowed' })
    expect(await countAuditEvents(world.db)).toBe(before)
  }
})

test('an auditor changes nothing but the log, which says what they read and took along', () => {
  const { exportAudit: _, noteReading: __, takeEvidencePack: ___, ...others } = MATRIX
  for (const roles of Object.values(others)) expect(roles).not.toContain('auditor')
})

test('a service that writes passes the door', () => {
  /**
   * Sessions are no state of the books. The door's own file writes the keys. Leaves come after the events that passed the door. A seal is made
   * within the act, or the comparison, that passed it, and so is how it stands afterwards.
   */
  const BESIDE_THE_DOOR = new Set([
    'sign-in.ts',
    'perform.ts',
    'audit/sequence-events.ts',
    'reconcile/certify-by-rule.ts',
    'reconcile/certify.ts',
    'reconcile/restate.ts',
  ])
  const WRITES =
    /\b(insert|save|add|mark|end|delay|restart|cancel|delete|clear|drop|publish|withdraw|raise|enqueue|store|append|forget|link|close|open)[A-Z]\w*/
  const folders = [
    'audit',
    'bulk-replay',
    'close',
    'corrections',
    'evidence-pack',
    'reconcile',
    'rollback',
    'stand-in',
    'work-sheet',
  ]
  const files = ['.', ...folders]
    .flatMap((folder) => readdirSync(`${import.meta.dirname}/${folder}`).map((name) => join(folder, name)))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const past = files.filter((name) => {
    const code = readFileSync(`${import.meta.dirname}/${name}`, 'utf8')
    const imported = [...code.matchAll(/^import (?!type)([^;']*?) from '#db\//gms)].map((match) => match[1]).join(' ')
    return WRITES.test(imported) && !/\b(perform(<\w+>)?|actOn)\(/.test(code)
  })
  expect(past.filter((name) => !BESIDE_THE_DOOR.has(name))).toEqual([])
})

test.each<[string, (actor: Actor) => Promise<unknown>]>([
  ['a period', (actor) => setPeriodState(world.context, { entity: 'SE01', period: '2026-02', state: 'closed', actor })],
  ['a rollback', (actor) => rollbackRun(world.context, { runId, actor })],
  ['a replay', (actor) => replay(actor, false)],
  ['a preview', (actor) => replay(actor, true)],
])('%s that touches an entity outside the scope is refused and undone', async (_what, command) => {
  const state = async () => [
    await publishedHash(world.db),
    await newestPublication(world.db),
    await newestRunId(world.db),
    await countAuditEvents(world.db),
    await world.owner`select * from period_states order by entity, period`,
  ]
  const before = await state()
  const norway: Actor = { name: 'test:norway', role: 'admin', entityScope: ['NO01'] }
  await expect(command(norway)).rejects.toMatchObject({
    code: 'outside_entity_scope',
    message: expect.not.stringContaining('SE01'),
  })
  expect(await state()).toEqual(before)
})

test('a run that judged an entity outside the scope is neither cancelled nor restarted', async () => {
  const norway: Actor = { name: 'test:norway', role: 'admin', entityScope: ['NO01'] }
  const again = await replay(ADMIN, false)
  // What an earlier attempt of it had judged.
  await world.owner`insert into control_totals select ${again.runId}, checkpoint, object_type, entity, period, version, currency, count, debit, credit from control_totals where run_id = ${runId}`
  await expect(cancelRun(world.context, { runId: again.runId, actor: norway })).rejects.toMatchObject({
    code: 'outside_entity_scope',
  })
  await cancelRun(world.context, { runId: again.runId, actor: ADMIN })
  await expect(restartRun(world.context, { runId: again.runId, actor: norway })).rejects.toMatchObject({
    code: 'outside_entity_scope',
  })
})

test('the same request under the same key is answered as the first time, and done once', async () => {
  const idempotencyKey = randomUUID()
  const text = ledgerCsv([{ id: 'once' }])
  const ask = () => loadFile(world.context, { ...file(text), actor: ADMIN, idempotencyKey })
  const first = await ask()
  const before = [await newestRunId(world.db), await countAuditEvents(world.db)]
  expect(await ask()).toEqual(first)
  expect([await newestRunId(world.db), await countAuditEvents(world.db)]).toEqual(before)
})

test('another request under a key that was used is refused', async () => {
  const idempotencyKey = randomUUID()
  await loadFile(world.context, { ...file(ledgerCsv([{ id: 'first' }])), actor: ADMIN, idempotencyKey })
  const before = await newestRunId(world.db)
  const refused = { code: 'idempotency_key_reused' }
  const others: [string, () => Promise<unknown>][] = [
    [
      'another name',
      () => loadFile(world.context, { ...file(ledgerCsv([{ id: 'first' }])), name: 'b.csv', actor: ADMIN, idempotencyKey }),
    ],
    ['other bytes', () => loadFile(world.context, { ...file(ledgerCsv([{ id: 'second' }])), actor: ADMIN, idempotencyKey })],
    [
      'another actor',
      () =>
        loadFile(world.context, {
          ...file(ledgerCsv([{ id: 'first' }])),
          actor: { ...ADMIN, name: 'test:else' },
          idempotencyKey,
        }),
    ],
    ['another command', () => startRun(world.context, { job: HTTP_JOB.job, actor: ADMIN, idempotencyKey })],
  ]
  for (const [what, ask] of others) await expect(ask(), what).rejects.toMatchObject(refused)
  expect(await newestRunId(world.db)).toBe(before)
})

test('the same request under the same key from many at once is done once', async () => {
  const idempotencyKey = randomUUID()
  const text = ledgerCsv([{ id: 'at-once' }])
  const before = await newestRunId(world.db)
  const contexts = [world.context, await world.addWorker(), await world.addWorker()]
  const answers = await Promise.all(
    [...contexts, ...contexts].map((context) => loadFile(context, { ...file(text), actor: ADMIN, idempotencyKey })),
  )
  expect(new Set(answers.map((answer) => answer.runId)).size).toBe(1)
  const rows = await world.owner`select run_id from runs where run_id > ${before}`
  expect(rows).toHaveLength(1)
})

test('a request that failed does not use up its key', async () => {
  const idempotencyKey = randomUUID()
  const failing = perform(world.context, { name: 'loadFile', actor: ADMIN, request: { n: 1 }, idempotencyKey }, async () => {
    throw new Error('the disk is full')
  })
  await expect(failing).rejects.toThrow('the disk is full')
  const again = await perform(world.context, { name: 'loadFile', actor: ADMIN, request: { n: 1 }, idempotencyKey }, async () => ({
    result: 'done',
    entities: [],
    audit: null,
  }))
  expect(again).toBe('done')
})
