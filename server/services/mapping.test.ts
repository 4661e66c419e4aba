import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { newestMappingVersion, readMapping } from '#db/queries/mappings.ts'
import { findRun, findSystem } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, keepFile, load, importJob, runUntilEnded } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { MappingChange } from '#server/domain/mapping/change.ts'
import { writeMappingYaml } from './change-list.ts'
import { decideMapping } from './decide-mapping.ts'
import { executeRun } from './execute-run.ts'
import { importDefinitions } from './import-definitions.ts'
import { readMappingEffect } from './mapping-effect.ts'
import { proposeMapping, proposeMappings } from './propose-mapping.ts'
import { readMappingView, readUnmapped } from './reads/mappings-view.ts'
import { replayRun } from './replay-run.ts'
import { restartRun } from './restart-run.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const reason = 'as agreed with the owner'
let system = ''

/** A system of its own for each test, so that versions begin at 0. */
beforeEach(() => {
  system = `erp-${randomUUID().slice(0, 8)}`
})
const job = (overrides: Parameters<typeof ledgerJob>[0] = {}) =>
  ledgerJob({ job: `gl-${system}`, system: { code: system, name: 'ERP', kind: 'erp' }, onFailure: 'quarantine', ...overrides })
const change = (sourceCode: string, canonicalCode: string | null, rest: Partial<MappingChange> = {}): MappingChange => ({
  dimension: 'cost_centre',
  sourceCode,
  canonicalCode,
  effectiveFrom: '',
  effectiveTo: '',
  ...rest,
})
const propose = async (asked: MappingChange, actor = FIONA) =>
  (await proposeMapping(world.context, { system, change: asked, reason, actor })).proposalId
const approve = async (asked: MappingChange) =>
  decideMapping(world.context, { proposalId: await propose(asked), decision: 'approved', actor: CARA })
const centres = async (runId: number) =>
  (
    await world.owner`select cost_centre from lines l join publications p on p.publication = l.loaded_at_pub where p.run_id = ${runId} order by source_key`
  ).map((row) => row.cost_centre)
const systemId = async () => (await findSystem(world.db, system))!.systemId

describe('in the load', () => {
  test('the mapping of the system goes before the codes of the job, by the business date of the line', async () => {
    await importJob(world.context, job({ mapping: { codes: { cost_centre: { a: 'by-job', b: 'by-job' } } } }))
    await approve(change('a', 'by-system', { effectiveFrom: '2026-03-15' }))
    const rows = [
      { id: randomUUID(), cost_centre: 'a', posted_on: '2026-03-14' },
      { id: randomUUID(), cost_centre: 'a', posted_on: '2026-03-15' },
      { id: randomUUID(), cost_centre: 'b' },
      { id: randomUUID(), cost_centre: 'c' },
    ].sort((a, b) => (a.id < b.id ? -1 : 1))
    const { runId } = await load(
      world.context,
      job({ mapping: { codes: { cost_centre: { a: 'by-job', b: 'by-job' } } } }),
      ledgerCsv(rows),
    )
    expect(await centres(runId)).toEqual(
      rows.map((row) => ({ a: row.posted_on === '2026-03-14' ? 'by-job' : 'by-system', b: 'by-job', c: 'c' })[row.cost_centre]),
    )
  })

  test('a run keeps the version it was claimed with when it is restarted; a replay with original rules takes it, one with current ones the newest', async () => {
    await importJob(world.context, job())
    await approve(change('a', 'one'))
    const { runId } = await load(world.context, job(), ledgerCsv([{ id: randomUUID(), cost_centre: 'a' }]))
    expect((await findRun(world.db, runId))!.run.mappingVersion).toBe(1)
    await approve(change('a', 'two'))
    const again = async (rules: 'original' | 'current') => {
      const replay = await replayRun(world.context, { runId, rules, preview: false, actor: ADMIN })
      await runUntilEnded(world.context, replay.runId)
      return [(await findRun(world.db, replay.runId))!.run.mappingVersion, await centres(replay.runId)]
    }
    // Unchanged: the original rules publish nothing new.
    expect(await again('original')).toEqual([1, []])
    expect(await again('current')).toEqual([2, ['two']])
  })

  test('a version that is approved between two attempts of a run is not seen by the second', async () => {
    await importJob(world.context, job({ format: { type: 'csv', trailer: { match: 'TRAILER', fields: { records: 2 } } } }))
    const runId = await keepFile(world.context, job().job, 'not,a,ledger\n1,2,3\n')
    await executeRun(world.context, runId)
    expect((await findRun(world.db, runId))!.run).toMatchObject({ status: 'failed', mappingVersion: 0 })
    await approve(change('a', 'one'))
    await restartRun(world.context, { runId, actor: ADMIN })
    await executeRun(world.context, runId)
    expect((await findRun(world.db, runId))!.run.mappingVersion).toBe(0)
  })

  test('where a dimension must be mapped, a code without an entry waits, its effect says how much, and an approval with a replay lets it through', async () => {
    const strict = job({ rules: { mapped: ['cost_centre'] } })
    const report = await load(
      world.context,
      strict,
      ledgerCsv([
        { id: randomUUID(), cost_centre: 'x', debit: '10.50' },
        { id: randomUUID(), cost_centre: 'x', debit: '2' },
        { id: randomUUID(), cost_centre: 'y', debit: '7' },
      ]),
    )
    expect(report.exceptions.map(({ code, detail, occurrences }) => [code, detail, occurrences])).toEqual(
      expect.arrayContaining([['code_unmapped', 'Cost centre x is not known here. not in the mapping of ERP', 2]]),
    )
    const asked = change('x', 'CC1')
    const effect = await readMappingEffect(world.db, { systemId: await systemId(), change: asked, scope: ['*'] })
    expect(effect.waiting).toEqual([{ entity: 'NO01', period: '2026-03', currency: 'NOK', records: 2, amount: '12.50' }])
    expect(effect.runs.map(({ runId, records }) => [runId, records])).toEqual([[report.runId, 2]])
    const waiting = async () => (await readUnmapped(world.db, { system, scope: ['*'] }, new Date())).rows
    expect((await waiting()).map(({ code, records, amounts }) => [code, records, amounts[0]?.amount])).toEqual([
      ['x', 2, '12.50'],
      ['y', 1, '7.00'],
    ])
    await approve(asked)
    expect(await waiting()).toMatchObject([
      { code: 'x', approvedId: expect.any(Number) },
      { code: 'y', approvedId: null },
    ])
    const view = await readMappingView(world.db, { system, since: 0, scope: ['*'] }, new Date())
    expect(view.entries).toMatchObject([{ sourceCode: 'x', canonicalCode: 'CC1' }])
    expect(view.changes).toEqual(view.entries)
    await approve(change('y', 'CC2'))
    const replay = await replayRun(world.context, { runId: report.runId, rules: 'current', preview: false, actor: ADMIN })
    await runUntilEnded(world.context, replay.runId)
    expect((await centres(replay.runId)).sort()).toEqual(['CC1', 'CC1', 'CC2'])
    const open =
      await world.owner`select 1 from exceptions where job_id = (select job_id from runs where run_id = ${report.runId}) and closed_at is null`
    expect(open).toHaveLength(0)
  })
})

test('a line without a date is dated by the calendar of its entity: its effect is that of the time of the change', async () => {
  const june = '{ kind: calendar, calendar: june, pattern: months, yearEndMonth: 6, firstYear: 2024, lastYear: 2030 }'
  await importDefinitions(world.context, { yaml: june, actor: ADMIN })
  await load(world.context, memberJob('entity'), memberCsv(['code', 'name', 'calendar'], [['AU01', 'Australia', 'june']]))
  // The third period of the year that ends in June 2026: September 2025.
  const budget = { period: '2026-03', version: 'budget', cost_centre: 'a', posted_on: '' }
  await load(
    world.context,
    job(),
    ledgerCsv([
      { id: 'AU', entity: 'AU01', debit: '5', ...budget },
      { id: 'NO', entity: 'NO01', debit: '7', ...budget },
    ]),
  )
  const effectOf = async (effectiveFrom: string, effectiveTo: string) =>
    (
      await readMappingEffect(world.db, {
        systemId: await systemId(),
        change: change('a', 'b', { effectiveFrom, effectiveTo }),
        scope: ['*'],
      })
    ).lines.map(({ entity, amount }) => `${entity} ${amount}`)
  expect(await effectOf('2025-07-01', '2025-12-31')).toEqual(['AU01 5.00'])
  expect(await effectOf('2026-01-01', '')).toEqual(['NO01 7.00'])
})

describe('four eyes', () => {
  test('who proposed does not decide, not even an admin; somebody else does, once', async () => {
    await importJob(world.context, job())
    const proposalId = await propose(change('a', 'b'), ADMIN)
    for (const decision of ['approved', 'rejected'] as const)
      await expect(decideMapping(world.context, { proposalId, decision, reason, actor: ADMIN })).rejects.toMatchObject({
        code: 'same_person',
      })
    expect(await decideMapping(world.context, { proposalId, decision: 'approved', actor: CARA })).toEqual({
      proposalId,
      state: 'approved',
      version: 1,
    })
    await expect(decideMapping(world.context, { proposalId, decision: 'approved', actor: FIONA })).rejects.toMatchObject({
      code: 'proposal_decided',
    })
    const [event] =
      await world.owner`select actor, action, before, after from audit_events where object_type = 'mapping' and object_id = ${system} order by event_id desc limit 1`
    expect(event).toMatchObject({
      actor: 'cara',
      action: 'mapping.approved',
      before: { version: 0, entries: [] },
      after: { version: 1, proposedBy: 'test:admin', entries: [{ sourceCode: 'a', canonicalCode: 'b' }] },
    })
  })

  test('a rejection says why, and makes no version', async () => {
    await importJob(world.context, job())
    const proposalId = await propose(change('a', 'b'))
    await expect(decideMapping(world.context, { proposalId, decision: 'rejected', actor: CARA })).rejects.toMatchObject({
      code: 'reason_missing',
    })
    await decideMapping(world.context, { proposalId, decision: 'rejected', reason: 'it is project 7', actor: CARA })
    expect(await newestMappingVersion(world.db, await systemId())).toBe(0)
  })

  test('who looked at an older version than there is looks again', async () => {
    await importJob(world.context, job())
    const proposalId = await propose(change('a', 'b'))
    await approve(change('c', 'd'))
    const decide = (seenVersion: number) =>
      decideMapping(world.context, { proposalId, decision: 'approved', seenVersion, actor: CARA })
    await expect(decide(0)).rejects.toMatchObject({ code: 'mapping_moved' })
    expect(await decide(1)).toMatchObject({ version: 2 })
  })

  test('two who decide at once: one decides', async () => {
    await importJob(world.context, job())
    const proposalId = await propose(change('a', 'b'))
    const other = { ...CARA, name: 'test:other' }
    const answers = await Promise.allSettled(
      [CARA, other].map((actor) => decideMapping(world.context, { proposalId, decision: 'approved', actor })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await readMapping(world.db, await systemId(), 9)).toHaveLength(1)
  })

  test('a change that reaches an entity outside the scope is refused', async () => {
    await load(world.context, job(), ledgerCsv([{ id: randomUUID(), entity: 'SE01', cost_centre: 'a' }]))
    const norway = { ...FIONA, entityScope: ['NO01'] }
    await expect(propose(change('a', 'b'), norway)).rejects.toMatchObject({
      code: 'outside_entity_scope',
      message: expect.not.stringContaining('SE01'),
    })
    expect(await propose(change('z', 'b'), norway)).toBeGreaterThan(0)
  })
})

describe('what cannot be proposed', () => {
  test('no reason, no system, no change, a second draft, an unknown member, currency or status', async () => {
    await importJob(world.context, job())
    const members = {
      ...memberJob('cost_centre'),
      job: `cc-${system}`,
      system: { code: system, name: 'ERP', kind: 'erp' as const },
    }
    await load(world.context, members, memberCsv(['code', 'name'], [['CC1', 'One']]))
    const refused = (asked: MappingChange) => propose(asked).catch((error: unknown) => String(error))
    await expect(
      proposeMapping(world.context, { system, change: change('a', 'CC1'), reason: 'no', actor: FIONA }),
    ).rejects.toMatchObject({
      code: 'reason_missing',
    })
    await expect(
      proposeMapping(world.context, { system: 'nowhere', change: change('a', 'CC1'), reason, actor: FIONA }),
    ).rejects.toMatchObject({ code: 'system_not_found' })
    expect(await refused(change('a', 'CC9'))).toMatch('there is no cost centre CC9')
    expect(await refused(change('a', null))).toMatch('nothing maps a in that time')
    expect(await refused(change('a', 'EURO', { dimension: 'currency' }))).toMatch('no currency of ISO 4217')
    expect(await refused(change('a', 'done', { dimension: 'accounting_status' }))).toMatch('one of preliminary')
    const first = await propose(change('a', 'CC1'))
    expect(await refused(change('a', 'CC1'))).toMatch(`proposal ${first} of fiona for a waits to be decided`)
  })
})

test('a list: each row a draft of its own, and each that is refused says why', async () => {
  await importJob(world.context, job())
  const text =
    'dimension,source_code,canonical_code,effective_from\nproject,a,b,2026-01-01\ncolour,c,d,\nproject,e,,\nproject,f,g,1.1.2026\n'
  const answer = await proposeMappings(world.context, { system, text, reason, actor: FIONA })
  expect(answer.proposed).toHaveLength(1)
  expect(answer.refused.map(({ row, why }) => [row, why.slice(0, 24)])).toEqual([
    [3, 'the dimension is one of '],
    [4, 'nothing maps e in that t'],
    [5, 'write a date like 2026-1'],
  ])
  const [proposalId] = answer.proposed
  await decideMapping(world.context, { proposalId: proposalId!, decision: 'approved', actor: CARA })
  const yaml = writeMappingYaml(system, 1, await readMapping(world.db, await systemId(), 1))
  const again = await proposeMappings(world.context, { system, text: yaml, reason, actor: FIONA })
  expect(again).toEqual({ proposed: [], refused: [{ row: 1, code: 'a', why: 'a already means b in all of that time' }] })
  const pasted = await proposeMappings(world.context, { system, text: 'project\th\ti\nproject\tj\tk\n', reason, actor: FIONA })
  expect(pasted.proposed).toHaveLength(2)
  await expect(proposeMappings(world.context, { system, text: '', reason, actor: FIONA })).rejects.toMatchObject({
    code: 'input_invalid',
  })
})
