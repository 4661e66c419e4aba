import { sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { listWaitingDefinitions } from '#db/queries/definition-proposals.ts'
import { findReconciliationDefinition } from '#db/queries/reconciliations.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { load } from '#db/testing/load.ts'
import { addActors } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import { importDefinitions } from '../import-definitions.ts'
import { compareWhatMoved } from './compare-what-moved.ts'
import { decideDefinition } from './decide-definition.ts'

/** One controller alone lets nothing through that was held before: neither by a definition nor past the product. */
const world = useDatabase()
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const CARL: Actor = { ...CARA, name: 'carl' }
const NORWAY: Actor = { ...CARA, name: 'nora', entityScope: ['NO01'] }
const reason = 'the limits are those of the policy'

type Settings = Record<string, unknown>
const definition = (more: Settings = {}): Settings => ({
  kind: 'reconciliation',
  reconciliation: 'sales-to-books',
  title: 'Sales in the books',
  sides: [
    { name: 'Sales', system: 'sales' },
    { name: 'Books', system: 'books' },
  ],
  key: ['document'],
  ...more,
})
const automatic = (limit: string, more: Settings = {}) =>
  definition({ certification: { automaticUpTo: { NOK: limit }, sample: 0 }, ...more })
const bring = async (given: Settings, actor = CARA) =>
  (await importDefinitions(world.context, { yaml: JSON.stringify(given), actor }))[0]!
const decide = (proposalId: number, actor = CARL, isApproved = true) =>
  decideDefinition(world.context, { proposalId, isApproved, reason, actor })
const propose = async (given: Settings, actor = CARA): Promise<number> => {
  const imported = await bring(given, actor)
  if (imported.change !== 'proposed' || !imported.proposal) throw new Error(`it was ${imported.change}`)
  return imported.proposal.proposalId
}
const inForce = async () => (await findReconciliationDefinition(world.db, 'sales-to-books'))?.version ?? null
const waits = async () => (await listWaitingDefinitions(world.db)).map(({ proposalId }) => proposalId)

beforeAll(async () => {
  await addActors(world, CARA, CARL, NORWAY, { name: 'fay', role: 'finance_operations', entityScope: ['*'] })
  for (const code of ['sales', 'books'])
    await load(
      world.context,
      ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } }),
      ledgerCsv([{ id: '1', document: 'D', debit: '', credit: '10.00' }]),
    )
})

describe('what loosens control', () => {
  const loosened = async (before: Settings | null, after: Settings) => {
    const text = (given: Settings | null) => (given ? JSON.stringify(ReconciliationDefinition.parse(given)) : null)
    const [row] = await world.db.execute<{ loosens: string[] }>(
      sql`select what_loosens(${text(before)}::jsonb, ${text(after)}::jsonb) as loosens`,
    )
    return row!.loosens
  }
  const tolerance = (given: Settings) => definition({ tolerance: given })
  const certification = (given: Settings) => definition({ certification: given })
  const rule = { name: 'near', equal: ['reference'], days: 3 }
  const budget = { NOK: '10' }
  test.each<[string, Settings | null, Settings, string[]]>([
    ['a new one that people sign', null, tolerance({ absolute: { NOK: '100' } }), []],
    ['a new one that its rule certifies', null, automatic('1'), ['certification.automaticUpTo']],
    ['its rule', definition(), automatic('1'), ['certification.automaticUpTo']],
    ['a higher limit of its rule', automatic('999.99'), automatic('1000.00'), ['certification.automaticUpTo']],
    [
      'a currency more',
      automatic('1'),
      certification({ automaticUpTo: { NOK: '1', EUR: '1' }, sample: 0 }),
      ['certification.automaticUpTo'],
    ],
    ['a lower limit', automatic('1000.00'), automatic('999.99'), []],
    ['the same limit in other words', automatic('1000.00'), automatic('1000'), []],
    ['no rule any more', automatic('1'), definition(), []],
    ['a smaller sample', certification({ automaticUpTo: { NOK: '1' }, sample: 5 }), automatic('1'), ['certification.sample']],
    ['a larger sample', automatic('1'), certification({ automaticUpTo: { NOK: '1' }, sample: 5 }), []],
    ['no second certifier', certification({ oneUpTo: { NOK: '1' } }), definition(), ['certification.oneUpTo']],
    [
      'a second certifier later',
      certification({ oneUpTo: { NOK: '1' } }),
      certification({ oneUpTo: { NOK: '2' } }),
      ['certification.oneUpTo'],
    ],
    ['a second certifier', definition(), certification({ oneUpTo: { NOK: '1' } }), []],
    ['a tolerance', definition(), tolerance({ absolute: { NOK: '1' } }), ['tolerance.absolute']],
    ['a smaller tolerance', tolerance({ absolute: { NOK: '2' } }), tolerance({ absolute: { NOK: '1' } }), []],
    ['a share', definition(), tolerance({ relative: '1%' }), ['tolerance.relative']],
    [
      'taking away the smaller of two',
      tolerance({ absolute: { NOK: '1' }, relative: '1%' }),
      tolerance({ relative: '1%' }),
      ['tolerance.absolute'],
    ],
    ['rounding and its budget', definition(), tolerance({ rounding: 1, budget }), ['tolerance.budget', 'tolerance.rounding']],
    ['less rounding', tolerance({ rounding: 2, budget }), tolerance({ rounding: 1, budget: { NOK: '9' } }), []],
    [
      'other words, and another day',
      definition(),
      definition({ title: 'T', process: 'P', owner: 'O', due: { workingDay: 9 } }),
      [],
    ],
    [
      'another side',
      definition(),
      definition({
        sides: [
          { name: 'A', system: 'sales' },
          { name: 'B', system: 'stock' },
        ],
      }),
      ['sides'],
    ],
    [
      'fewer accounts',
      definition(),
      definition({
        sides: [
          { name: 'Sales', system: 'sales', accounts: ['4000'] },
          { name: 'Books', system: 'books' },
        ],
      }),
      ['sides'],
    ],
    ['another key', definition(), definition({ key: ['account'] }), ['key']],
    ['a rule that matches', definition(), definition({ rules: [rule] }), ['rules']],
    ['fewer entities', definition(), definition({ entities: ['NO01'] }), ['entities']],
    ['later periods only', definition(), definition({ since: '2026-06' }), ['since']],
    ['another statement', definition(), definition({ statement: 'Looked at, as far as it goes.' }), ['statement']],
  ])('%s', async (_, before, after, expected) => {
    expect(await loosened(before, after)).toEqual(expected)
  })

  test('a setting that is not known here', async () => {
    const [row] = await world.db.execute<{ loosens: string[] }>(sql`
      select what_loosens('{"tolerance": {}, "certification": {}}', '{"tolerance": {"x": 1}, "certification": {"y": 1}, "z": 1}') as loosens`)
    expect(row!.loosens).toEqual(['certification.y', 'tolerance.x', 'z'])
  })
})

test('one person brings it, nothing is in force; another approves it, and its rule certifies', async () => {
  const proposalId = await propose(automatic('100'))
  expect(await propose(automatic('100')), 'the same again is what waits').toBe(proposalId)
  await compareWhatMoved(world.context)
  expect(await inForce()).toBeNull()
  expect([...(await world.db.execute(sql`select 1 from reconciliations`))]).toEqual([])
  await expect(decide(proposalId, CARA)).rejects.toMatchObject({ code: 'same_person' })
  for (const role of ['admin', 'finance_operations', 'it', 'auditor'] as const)
    await expect(decide(proposalId, { ...CARL, role }), role).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(decide(proposalId, NORWAY), 'it is about all entities').rejects.toMatchObject({ code: 'outside_entity_scope' })
  await expect(
    decideDefinition(world.context, { proposalId, isApproved: true, reason: 'ok', actor: CARL }),
  ).rejects.toMatchObject({ code: 'reason_missing' })
  expect(await decide(proposalId)).toEqual({ name: 'sales-to-books', version: 1 })
  await expect(decide(proposalId)).rejects.toMatchObject({ code: 'proposal_decided' })
  await compareWhatMoved(world.context)
  const [one] = await world.db.execute<{ state: string }>(sql`select state from reconciliations`)
  expect(one!.state).toBe('certified')
  const events = await world.owner`select actor, action from audit_events where object_id = 'sales-to-books' order by event_id`
  expect(events.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'cara reconciliation.definition_proposed',
    'carl reconciliation.definition_approved',
  ])
  // Who proposed it wrote it, and does not certify under it.
  const [version] = await world.owner`select created_by from reconciliation_versions where version = 1`
  expect(version).toEqual({ created_by: 'cara' })
})

test('what tightens counts at once, and what waited is about another version', async () => {
  const waiting = await propose(automatic('1000'))
  expect(await bring(automatic('50'), CARL)).toMatchObject({ change: 'changed', version: 2 })
  expect(await waits()).toEqual([])
  await expect(decide(waiting)).rejects.toMatchObject({ code: 'proposal_decided' })
  expect(await inForce()).toBe(2)
})

test('declined, everything stays; a newer proposal takes the place of one that waits', async () => {
  const declined = await propose(automatic('1000'))
  expect(await decide(declined, CARL, false)).toEqual({ name: 'sales-to-books', version: null })
  const first = await propose(automatic('1001'))
  const second = await propose(automatic('1002'), CARL)
  expect(await waits()).toEqual([second])
  await expect(decide(first)).rejects.toMatchObject({ code: 'proposal_decided' })
  await expect(decide(second, CARL)).rejects.toMatchObject({ code: 'same_person' })
  expect(await decide(second, CARA)).toMatchObject({ version: 3 })
})

describe('past the product', () => {
  const loose = JSON.stringify(ReconciliationDefinition.parse(automatic('999999')))
  const version = (made: string, by: string, proposal: number | null, body = loose) =>
    sql`insert into reconciliation_versions (definition_id, version, definition, definition_hash, created_by, proposal_id)
      select definition_id, current_version + ${made === 'next' ? 1 : 9}, ${body}::jsonb, '', ${by}, ${proposal} from reconciliation_definitions`
  const refusal = (...statements: readonly ReturnType<typeof sql>[]) =>
    world.db
      .transaction(async (tx) => {
        for (const statement of statements) await tx.execute(statement)
        throw new Error('as far as that')
      })
      .catch((error: Error) => (error.cause instanceof Error ? error.cause.message : error.message))
  const answered = (proposalId: number, by: string) =>
    sql`update reconciliation_proposals set answer = 'approved', decided_by = ${by}, decided_at = now() where proposal_id = ${proposalId}`

  test('no version that loosens comes in without a proposal of its own that another controller approved', async () => {
    const proposalId = await propose(automatic('999999'))
    expect(await refusal(version('next', 'cara', null))).toContain('nobody approved')
    expect(await refusal(version('next', 'cara', proposalId))).toContain('nobody approved')
    expect(await refusal(answered(proposalId, 'cara'))).toContain('reconciliation_proposals_four_eyes')
    for (const by of ['fay', 'nora', 'service:rule', 'nobody'])
      expect(await refusal(answered(proposalId, by), version('next', 'cara', proposalId)), by).toContain('nobody approved')
    const approved = answered(proposalId, 'carl')
    expect(await refusal(approved, version('next', 'carl', proposalId)), 'by whom it was not').toContain('nobody approved')
    const other = JSON.stringify(ReconciliationDefinition.parse(automatic('1000000')))
    expect(await refusal(approved, version('next', 'cara', proposalId, other)), 'another').toContain('nobody approved')
    expect(await refusal(approved, version('far', 'cara', proposalId))).toContain('not the next')
    expect(await refusal(approved, version('next', 'cara', proposalId))).toBe('as far as that')
    const [used] = await world.owner`select proposal_id from reconciliation_versions where proposal_id is not null limit 1`
    expect(await refusal(version('next', 'cara', used!.proposal_id)), 'one that was used').toContain('nobody approved')
  })

  test('nor back to a version that let more through; what was proposed is never edited', async () => {
    expect(await refusal(sql`update reconciliation_definitions set current_version = 1`)).toContain('not the next')
    expect(await refusal(sql`insert into reconciliation_definitions (name, current_version) values ('x', 2)`)).toContain(
      'not the next',
    )
    expect(await refusal(sql`update reconciliation_proposals set definition = '{}'`)).toContain('permission denied')
    await expect(world.owner`update reconciliation_proposals set definition = '{}'`).rejects.toThrow('is never edited')
    await expect(world.owner`delete from reconciliation_proposals`).rejects.toThrow('is never edited')
    await expect(world.owner`update reconciliation_versions set created_by = 'x'`).rejects.toThrow('is never edited')
  })
})
