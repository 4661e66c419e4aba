import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listExceptions, type ExceptionRow } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { httpLedgerJob } from '#db/testing/ledger.ts'
import { runSource, type JobInput } from '#db/testing/load.ts'
import { startLedgerSimulator, type LedgerSimulator } from '#server/connectors/simulator/ledger-simulator.ts'
import type { Actor } from '#server/domain/actor.ts'
import { classifyException } from './classify-exception.ts'
import { readClassification, readClassificationRules } from './reads/classification-view.ts'
import { readFrame } from './reads/rail.ts'
import { withdrawClassificationRule } from './withdraw-classification-rule.ts'

const world = useDatabase()
const IVAN: Actor = { name: 'ivan', role: 'it', entityScope: ['*'] }
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const ADA: Actor = { name: 'ada', role: 'admin', entityScope: ['*'] }
const REASON = 'the vendor confirmed it'
const simulators: LedgerSimulator[] = []
let system = ''
let jobs = 0

beforeEach(() => {
  system = `s${randomUUID().slice(0, 8)}`
})
afterEach(() => Promise.all(simulators.splice(0).map((simulator) => simulator.stop())))

/** A source of this test's own system that refuses in these words. */
async function refusing(status: number, body: unknown, of: { job?: string } = {}): Promise<JobInput> {
  const text = JSON.stringify(body)
  const simulator = await startLedgerSimulator({
    lines: { count: 3 },
    faults: [{ on: 'request', always: true, kind: 'status', status, body: text }],
  })
  simulators.push(simulator)
  return httpLedgerJob(simulator.url, {
    source: { type: 'http', vendor: 'netsuite' },
    job: of.job ?? `job-${++jobs}`,
    retry: { attempts: 2, baseMs: 10, maxMs: 20 },
    system: { code: system, name: system, kind: 'erp', simulated: true },
  })
}
const said = (code: string, detail: string) => ({
  title: 'Bad Request',
  status: 400,
  'o:errorDetails': [{ detail, 'o:errorCode': code }],
})
const HOLD = said('WORKFLOW_HOLD', 'Batch 4711 is held by the treasury workflow')
/** Without a name: a code and a sentence nobody documents. */
const held = (of: { job?: string } = {}) => refusing(400, HOLD, of)

async function openOf(job: JobInput): Promise<ExceptionRow[]> {
  return listExceptions(world.db, { job: job.job, state: 'open', scope: ['*'] })
}
async function failed(job: JobInput): Promise<ExceptionRow> {
  const report = await runSource(world.context, job)
  expect(report.outcome).toBe('failed')
  return (await openOf(job))[0]!
}
const counted = async (actor: Actor) =>
  Object.fromEntries((await readFrame(world.db, actor)).counts.exceptions.map(({ group, count }) => [group, count]))

test('a refusal in words nobody documents is held without a name, not tried again, and its words are kept', async () => {
  const job = await held()
  const { runId, attempts } = await runSource(world.context, job)
  const [open] = await openOf(job)
  expect(open).toMatchObject({ failureClass: 'unclassified', code: 'unexpected_error', team: 'it' })
  expect(attempts).toBe(1)
  const [row] = await world.owner`select failure_class, said, rule_id from attempts where run_id = ${runId}`
  expect(row).toMatchObject({ failure_class: 'unclassified', rule_id: null })
  expect(row!.said).toEqual({
    vendor: 'netsuite',
    status: 400,
    codes: ['WORKFLOW_HOLD'],
    texts: ['Bad Request', 'Batch 4711 is held by the treasury workflow'],
  })
})

test('a refusal for a reason of the books is business at once, whatever its status', async () => {
  const closed = await failed(await refusing(400, said('CLOSED_TRAN_PRD', 'This period is closed.')))
  expect(closed).toMatchObject({ failureClass: 'business', code: 'refused_period_closed', team: 'finance_operations' })
  const busy = await runSource(world.context, await refusing(500, said('EXCEEDED_MAX_CONCUR_RQST', 'x')))
  expect(busy).toMatchObject({ attempts: 2, exceptions: [{ class: 'technical_transient', code: 'source_throttled' }] })
})

test('a business refusal closes when a run gets through', async () => {
  const job = await refusing(400, said('CLOSED_TRAN_PRD', 'This period is closed.'), { job: 'opens-again' })
  const { exceptionId } = await failed(job)
  await simulators.pop()!.stop()
  const up = await startLedgerSimulator({ lines: { count: 3 } })
  simulators.push(up)
  const report = await runSource(world.context, { ...httpLedgerJob(up.url, { job: 'opens-again' }), system: job.system })
  expect(await listExceptions(world.db, { exceptionId, state: 'all', scope: ['*'] })).toMatchObject([
    { closedByRunId: report.runId },
  ])
})

test('IT says what one is: class, code, queue and due time are of its new kind, and the log knows who and why', async () => {
  const { exceptionId, dueAt } = await failed(await held())
  const before = await counted(ADA)
  await classifyException(world.context, { exceptionId, code: 'refused_by_rule', reason: REASON, revision: 0, actor: IVAN })
  const [row] = await listExceptions(world.db, { exceptionId, state: 'all', scope: ['*'] })
  expect(row).toMatchObject({
    failureClass: 'business',
    code: 'refused_by_rule',
    team: 'finance_operations',
    severity: 'medium',
    classifiedBy: 'ivan',
    ruleId: null,
    revision: 1,
  })
  expect(row!.dueAt > dueAt).toBe(true)
  expect(await counted(ADA)).toEqual({ ...before, business: before.business! + 1, unclassified: before.unclassified! - 1 })
  const [event] = await world.owner`
    select action, actor, reason, before, after from audit_events where object_type = 'exception' and object_id = ${`${exceptionId}`} order by event_id desc limit 1`
  expect(event).toMatchObject({
    action: 'exception.classified',
    actor: 'ivan',
    reason: REASON,
    before: { class: 'unclassified', code: 'unexpected_error' },
    after: { class: 'business', code: 'refused_by_rule', rule: null },
  })
})

test('what one exception was called says nothing of the next: another refusal of the job is a cause of its own', async () => {
  const job = await held({ job: 'two-causes' })
  const one = await failed(job)
  await classifyException(world.context, { exceptionId: one.exceptionId, code: 'refused_by_rule', reason: REASON, actor: IVAN })
  await runSource(world.context, await refusing(400, said('ANOTHER', 'Something else is wrong here'), { job: 'two-causes' }))
  await runSource(world.context, await held({ job: 'two-causes' }))
  const rows = await openOf(job)
  expect(rows.map(({ failureClass }) => failureClass)).toEqual(['unclassified', 'unclassified', 'business'])
  expect(rows.at(-1)!.lastRunId).toBe(one.lastRunId)
})

test('a rule names what comes after it, of its system only, and counts what it named', async () => {
  const job = await held()
  const { exceptionId } = await failed(job)
  const keep = { match: 'phrase', value: 'Batch * is held by the treasury workflow' } as const
  const { ruleId } = await classifyException(world.context, {
    exceptionId,
    code: 'refused_by_rule',
    reason: REASON,
    keep,
    actor: IVAN,
  })
  const again = await runSource(
    world.context,
    await refusing(400, said('WORKFLOW_HOLD', 'Batch 9 is held by the treasury workflow'), { job: job.job }),
  )
  expect(again.exceptions).toMatchObject([{ class: 'business', code: 'refused_by_rule' }])
  expect(await openOf(job), 'the same cause').toMatchObject([{ exceptionId, lastRunId: again.runId, ruleId }])
  const [rule] = (await readClassificationRules(world.db)).rules.filter((row) => row.ruleId === ruleId)
  expect(rule).toMatchObject({ system, matched: 1, createdBy: 'ivan', withdrawnAt: null, failureClass: 'business' })

  system = `${system}x`
  expect(await failed(await held()), 'another system').toMatchObject({ failureClass: 'unclassified' })
})

test('a rule never takes the place of a name of our own', async () => {
  const { exceptionId } = await failed(await held())
  const keep = { match: 'code', value: 'WORKFLOW_HOLD' } as const
  await classifyException(world.context, { exceptionId, code: 'source_refused', reason: REASON, keep, actor: IVAN })
  const both = {
    'o:errorDetails': [
      { detail: 'x', 'o:errorCode': 'WORKFLOW_HOLD' },
      { detail: 'This period is closed.', 'o:errorCode': 'CLOSED_TRAN_PRD' },
    ],
  }
  const found = await failed(await refusing(400, both))
  expect(found).toMatchObject({ failureClass: 'business', code: 'refused_period_closed', ruleId: null })
})

test('before it is kept, a rule shows what it would have named, and it is what it names then', async () => {
  const job = await held()
  const { exceptionId } = await failed(job)
  await runSource(world.context, await refusing(400, said('WORKFLOW_HOLD', 'Batch 12 is held by the treasury workflow')))
  await runSource(world.context, await refusing(400, said('OTHER', 'Something else is wrong here')))
  const asked = { exceptionId, scope: ['*'] }
  const { proposals, preview } = await readClassification(world.db, asked)
  expect(preview).toBeNull()
  expect(proposals).toEqual({ codes: ['WORKFLOW_HOLD'], phrases: ['Batch * is held by the treasury workflow'] })
  const of = async (match: 'code' | 'phrase', value: string) => {
    const { preview: found } = await readClassification(world.db, { ...asked, match, value })
    return [found!.matched, found!.looked, found!.problem]
  }
  expect(await of('phrase', proposals.phrases[0]!)).toEqual([2, 3, null])
  expect(await of('code', 'WORKFLOW_HOLD')).toEqual([2, 3, null])
  expect(await of('phrase', '*')).toEqual([3, 3, expect.stringContaining('at least')])
  expect(await of('code', 'OTHER')).toEqual([1, 3, expect.stringContaining('does not match')])
})

test('a rule is withdrawn: what it named and is open has no name again, and so has what comes', async () => {
  const job = await held()
  const { exceptionId } = await failed(job)
  const keep = { match: 'code', value: 'WORKFLOW_HOLD' } as const
  const { ruleId } = await classifyException(world.context, {
    exceptionId,
    code: 'refused_by_rule',
    reason: REASON,
    keep,
    actor: IVAN,
  })
  const other = await held()
  await runSource(world.context, other)
  const done = await withdrawClassificationRule(world.context, { ruleId: ruleId!, reason: 'it was too wide', actor: ADA })
  expect(done.exceptions).toHaveLength(2)
  for (const of of [job, other])
    expect(await openOf(of)).toMatchObject([{ failureClass: 'unclassified', code: 'unexpected_error', team: 'it', ruleId: null }])
  expect((await runSource(world.context, other)).exceptions).toMatchObject([{ class: 'unclassified' }])
  expect(await openOf(other), 'the same cause as before').toHaveLength(1)
  await expect(withdrawClassificationRule(world.context, { ruleId: ruleId!, reason: 'again', actor: ADA })).rejects.toMatchObject(
    {
      code: 'classification_rule_not_found',
    },
  )
  const [rule] = (await readClassificationRules(world.db)).rules.filter((row) => row.ruleId === ruleId)
  expect(rule).toMatchObject({ matched: 1, withdrawnBy: 'ada', withdrawnReason: 'it was too wide' })
})

test('a name somebody gave is taken back, once, and not where a rule gives it', async () => {
  const { exceptionId } = await failed(await held())
  const back = { exceptionId, code: null, reason: REASON, actor: IVAN }
  await expect(classifyException(world.context, back)).rejects.toMatchObject({ code: 'exception_named' })
  await classifyException(world.context, { ...back, code: 'source_refused' })
  await expect(classifyException(world.context, { ...back, code: 'refused_by_rule' })).rejects.toMatchObject({
    code: 'exception_named',
  })
  await classifyException(world.context, back)
  const [row] = await listExceptions(world.db, { exceptionId, state: 'all', scope: ['*'] })
  expect(row).toMatchObject({ failureClass: 'unclassified', classifiedBy: null, team: 'it' })
  const keep = { match: 'code', value: 'WORKFLOW_HOLD' } as const
  await classifyException(world.context, { ...back, code: 'source_refused', keep })
  await expect(classifyException(world.context, back)).rejects.toMatchObject({ detail: expect.stringContaining('withdraw') })
})

test('what is refused, and that nothing of it stays', async () => {
  const { exceptionId } = await failed(await held())
  const asked = { exceptionId, code: 'refused_by_rule', reason: REASON, actor: IVAN } as const
  const phrase = (value: string) => ({ match: 'phrase', value }) as const
  const [before] =
    await world.owner`select count(*)::int as rules, (select count(*)::int from audit_events) as events from classification_rules`
  for (const [change, refusal] of [
    [{ actor: FIONA }, { code: 'not_allowed' }],
    [{ reason: 'no' }, { code: 'reason_missing' }],
    [{ revision: 3 }, { code: 'input_invalid' }],
    [{ exceptionId: 1_000_000 }, { code: 'exception_not_found' }],
    [{ keep: phrase('*') }, { code: 'input_invalid' }],
    [{ keep: phrase('treasury workflow') }, { code: 'input_invalid' }],
    [{ keep: { match: 'code', value: 'ANOTHER_CODE' } as const }, { code: 'input_invalid' }],
  ] as const)
    await expect(classifyException(world.context, { ...asked, ...change }), JSON.stringify(change)).rejects.toMatchObject(refusal)
  const [after] =
    await world.owner`select count(*)::int as rules, (select count(*)::int from audit_events) as events from classification_rules`
  expect(after).toEqual(before)
  const [row] = await listExceptions(world.db, { exceptionId, state: 'all', scope: ['*'] })
  expect(row).toMatchObject({ failureClass: 'unclassified', revision: 0 })
})

test('pressed twice is done once, and a rule for the same is made once', async () => {
  const { exceptionId } = await failed(await held())
  const keep = { match: 'code', value: 'WORKFLOW_HOLD' } as const
  const asked = { exceptionId, code: 'refused_by_rule', reason: REASON, keep, actor: IVAN, idempotencyKey: randomUUID() } as const
  const first = await classifyException(world.context, asked)
  expect(await classifyException(world.context, asked)).toEqual(first)
  await withdrawClassificationRule(world.context, { ruleId: first.ruleId!, reason: REASON, actor: IVAN })
  const { idempotencyKey: _, ...anew } = asked
  const second = await classifyException(world.context, anew)
  expect(second.ruleId).toBeGreaterThan(first.ruleId!)
  const other = await failed(await refusing(400, { errors: [{ code: 'X', message: 'Nobody knows what this is about' }] }))
  await expect(
    classifyException(world.context, { ...anew, exceptionId: other.exceptionId, keep: { match: 'code', value: 'X' } }),
  ).resolves.toMatchObject({ ruleId: expect.any(Number) })
})

test('each kind is a figure of its own beside whoever acts on it, never a sum', async () => {
  expect(Object.keys(await counted(FIONA))).toEqual(['business', 'control'])
  expect(Object.keys(await counted(IVAN))).toEqual(['technical', 'unclassified'])
  expect(Object.keys(await counted(ADA))).toEqual(['business', 'control', 'technical', 'unclassified'])
  expect(await counted({ name: 'aud', role: 'auditor', entityScope: ['*'] })).toEqual({})
  const [rows] = await world.owner`
    select count(*) filter (where failure_class = 'business')::int as business, count(*) filter (where failure_class = 'control')::int as control,
      count(*) filter (where failure_class like 'technical%')::int as technical, count(*) filter (where failure_class = 'unclassified')::int as unclassified
    from exceptions where closed_at is null`
  expect(await counted(ADA)).toEqual(rows)
})
