import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { listExceptions } from '#db/queries/exceptions.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load, runUntilEnded } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { MemberCorrection } from '#server/domain/member-correction.ts'
import { correctMember } from './correct-member.ts'
import { readException } from './reads/exceptions-view.ts'
import { rollbackRun } from './rollback/rollback-run.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const reason = 'as the controller of NO01 decided'
let code = ''

beforeEach(() => {
  code = `CC-${randomUUID().slice(0, 8)}`
})

/** Members of one dimension as a system of that name lists them. */
const membersOf = (system: string, rows: readonly (readonly string[])[], more: object = {}) =>
  load(
    world.context,
    {
      ...memberJob('cost_centre'),
      job: `cc-${system}`,
      system: { code: system, name: system.toUpperCase(), kind: 'erp' },
      ...more,
    },
    memberCsv(
      ['code', 'name', 'valid_from', 'valid_to', 'status'],
      rows.map((row) => ['', '', '', '', ''].map((_, i) => row[i] ?? '')),
    ),
  )
const correct = async (correction: Partial<MemberCorrection>, actor = FIONA) => {
  const full = {
    dimension: 'cost_centre' as const,
    entity: '',
    code,
    name: 'By hand',
    validFrom: '2026-03-15',
    validTo: '',
    isActive: true,
    ...correction,
  }
  const { runId } = await correctMember(world.context, { correction: full, reason, actor })
  return runUntilEnded(world.context, runId)
}
/** Why lines of these days do not pass. */
const reasons = async (...days: readonly string[]) => {
  const rows = days.map((posted_on) => ({ id: randomUUID(), cost_centre: code, posted_on }))
  const job = ledgerJob({ rules: { members: ['cost_centre'] }, onFailure: 'quarantine' })
  const { runId } = await load(world.context, job, ledgerCsv(rows))
  const found =
    await world.owner`select x.source_key, r.code from rejections r join rejected_records x on x.rejected_id = r.rejected_id where r.run_id = ${runId}`
  return rows.map((row) => found.find((one) => one.source_key === row.id)?.code ?? 'passes')
}
const drifts = async (state: 'open' | 'closed' = 'open') =>
  (await listExceptions(world.db, { code: 'member_drift', state, scope: ['*'] })).filter((e) => e.subject.value === code)

describe('a correction by hand', () => {
  test('counts from its date on, before what the system says, and whatever the system says later; rolled back it counts no more', async () => {
    await membersOf('erp', [[code, 'Dairy', '', '', 'active']])
    const { runId, publication } = await correct({ isActive: false })
    expect(publication).toBeGreaterThan(0)
    expect(await reasons('2026-03-14', '2026-03-15', '2026-04-01')).toEqual(['passes', 'member_inactive', 'member_inactive'])
    await membersOf('erp', [[code, 'Dairy products', '', '', 'active']])
    expect(await reasons('2026-03-15')).toEqual(['member_inactive'])
    await rollbackRun(world.context, { runId, reason, actor: ADMIN })
    expect(await reasons('2026-03-15')).toEqual(['passes'])
  })

  test('adds a member that no system has, for as long as it says', async () => {
    await correct({ validTo: '2026-03-31' })
    expect(await reasons('2026-03-14', '2026-03-31', '2026-04-01')).toEqual([
      'member_not_yet_valid',
      'passes',
      'member_no_longer_valid',
    ])
  })

  test('a second one of the same day replaces it, one of a later day follows it', async () => {
    await correct({ isActive: false })
    await correct({ isActive: true })
    await correct({ isActive: false, validFrom: '2026-04-01' })
    expect(await reasons('2026-03-15', '2026-03-31', '2026-04-01')).toEqual(['passes', 'passes', 'member_inactive'])
  })

  test('is kept with who, why and what was before', async () => {
    await membersOf('erp', [[code, 'Dairy', '', '', 'active']])
    const { runId } = await correct({ name: 'Milk' })
    const [event] =
      await world.owner`select * from audit_events where object_type = 'member' and object_id = ${`cost_centre ${code}`}`
    expect(event).toMatchObject({
      action: 'member.corrected',
      actor: 'fiona',
      reason,
      before: [{ system: 'erp', name: 'Dairy', isActive: true }],
      after: { name: 'Milk', validFrom: '2026-03-15', run: runId },
    })
  })

  test('without a reason, of an entity nobody knows, or beyond the scope is refused', async () => {
    const norway = { ...FIONA, entityScope: ['NO01'] }
    const asked = {
      dimension: 'cost_centre' as const,
      entity: '',
      code,
      name: 'x',
      validFrom: '2026-01-01',
      validTo: '',
      isActive: true,
    }
    const ask = (correction: MemberCorrection, actor = FIONA, why = reason) =>
      correctMember(world.context, { correction, reason: why, actor })
    await expect(ask(asked, FIONA, ' no ')).rejects.toMatchObject({ code: 'reason_missing' })
    await expect(ask({ ...asked, entity: 'XX99' })).rejects.toMatchObject({ code: 'entity_not_found' })
    await expect(ask(asked, norway)).rejects.toMatchObject({ code: 'outside_entity_scope' })
    await load(
      world.context,
      memberJob('entity'),
      memberCsv(
        ['code', 'name'],
        [
          ['SE01', 'Sweden'],
          ['NO01', 'Norway'],
        ],
      ),
    )
    await expect(ask({ ...asked, entity: 'SE01' }, norway)).rejects.toMatchObject({
      code: 'outside_entity_scope',
      message: expect.not.stringContaining('SE01'),
    })
    expect(await ask({ ...asked, entity: 'NO01' }, norway)).toMatchObject({ runId: expect.any(Number) })
  })
})

describe('two systems, one member', () => {
  test('there in one only is drift, unless it is of no use any more or the lists are others', async () => {
    const [inactive, active] = [`${code}-off`, `${code}-on`]
    const both = [
      [`${code}-1`, 'One'],
      [`${code}-2`, 'Two'],
    ]
    await membersOf('fifth', [...both, [inactive, 'Off', '', '', 'inactive'], [active, 'On'], ['fifth-only', 'Own']])
    await membersOf('sixth', [...both, ['sixth-only', 'Own']])
    const found = await listExceptions(world.db, { code: 'member_drift', state: 'open', scope: ['*'] })
    const of = (value: string) => found.find(({ subject }) => subject.value === value)
    expect(of(active)?.detail).toMatch(/FIFTH: “On”; .*SIXTH: not there/)
    expect(of(inactive)).toBeUndefined()
    await membersOf('seventh', [[`${code}-1`, 'Another chart'], ...Array.from({ length: 4 }, (_, i) => [`${code}-x${i}`, 'x'])])
    const later = await listExceptions(world.db, { code: 'member_drift', state: 'open', scope: ['*'] })
    expect(later.filter(({ detail }) => detail.includes('SEVENTH'))).toEqual([])
  })

  test('the system of record counts; without one the system that was connected first', async () => {
    await membersOf('first', [[code, 'Dairy', '', '', 'inactive']])
    await membersOf('second', [[code, 'Dairy', '', '', 'active']])
    expect(await reasons('2026-03-15')).toEqual(['member_inactive'])
    await membersOf('second', [[code, 'Dairy', '', '', 'active']], { systemOfRecord: true })
    expect(await reasons('2026-03-15')).toEqual(['passes'])
    await membersOf('second', [[code, 'Dairy', '', '', 'active']])
  })

  test('renamed in one only: one exception that says who says what, whatever the load; it closes when they agree', async () => {
    await membersOf('third', [[code, 'Dairy', '2026-01-01']])
    await membersOf('fourth', [[code, ' dairy', '2026-01-01']])
    expect(await drifts()).toEqual([])
    await membersOf('fourth', [[code, 'Cheese', '2026-01-01']])
    await membersOf('fourth', [[code, 'Milk', '2026-01-01']])
    const [drift, ...more] = await drifts()
    expect(more).toEqual([])
    expect(drift).toMatchObject({
      failureClass: 'business',
      title: `Cost centre ${code} is not the same in all systems`,
      detail: expect.stringMatching(/FOURTH: “Milk”.*; THIRD: “Dairy”/),
      subject: { field: 'cost_centre', value: code },
    })
    const shown = await readException(world.db, { exceptionId: drift!.exceptionId, scope: ['*'] }, new Date())
    expect(shown.advice.action).toMatch('Correct it in the system that is not the system of record')
    // Nothing waits behind it, and no other load of the job closes it.
    await membersOf('fourth', [['other', 'Other', '2026-01-01']])
    expect(await drifts()).toHaveLength(1)
    const { runId } = await membersOf('third', [[code, 'Milk', '2026-01-01']])
    expect(await drifts()).toEqual([])
    expect((await drifts('closed'))[0]).toMatchObject({ exceptionId: drift!.exceptionId, closedByRunId: runId })
    await rollbackRun(world.context, { runId, reason, actor: ADMIN })
    expect(await drifts()).toMatchObject([{ previousExceptionId: drift!.exceptionId }])
  })

  test('that a rollback of a rollback brings a member back is drift again', async () => {
    const both = [
      [`${code}-1`, 'One'],
      [`${code}-2`, 'Two'],
    ]
    await membersOf('eighth', both)
    await membersOf('ninth', both)
    const { runId } = await membersOf('ninth', [...both, [code, 'Dairy']])
    expect(await drifts()).toHaveLength(1)
    const back = await rollbackRun(world.context, { runId, reason, actor: ADMIN })
    expect(await drifts()).toEqual([])
    await rollbackRun(world.context, { runId: back.runId, reason, actor: ADMIN })
    expect(await drifts()).toHaveLength(1)
  })
})
