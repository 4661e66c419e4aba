import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { findPerson } from '#db/queries/people.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { addActors } from '#db/testing/people.ts'
import type { Actor } from '#server/domain/actor.ts'
import { askReopening } from '../close/ask-reopening.ts'
import { decideReopening } from '../close/decide-reopening.ts'
import { importDefinitions } from '../import-definitions.ts'
import { decideMapping } from '../decide-mapping.ts'
import { proposeMapping } from '../propose-mapping.ts'
import { compareWhatMoved } from '../reconcile/compare-what-moved.ts'
import { decideDefinition } from '../reconcile/decide-definition.ts'
import { certifyReconciliation, prepareReconciliation } from '../reconcile/sign.ts'
import { setPeriodState } from '../set-period-state.ts'
import { actorOf } from '../sign-in.ts'
import { endStandIn } from './end-stand-in.ts'
import { nameStandIn } from './name-stand-in.ts'

/**
 * Cara is away, and Carl, who has Denmark, stands in for her everywhere. He may do what she might, but not be the second person for what she
 * did herself. Cleo has everything and stands in for nobody.
 */
const world = useDatabase()
const reason = 'away for two weeks'
const PERIOD = '2026-03'
const away: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const cleo: Actor = { ...away, name: 'cleo' }
const fiona: Actor = { ...away, name: 'fiona', role: 'finance_operations' }
const carl = async () => actorOf(world.db, (await findPerson(world.db, 'carl'))!)
const job = (code: string) => ledgerJob({ job: code, system: { code, name: code, kind: 'erp' } })
const sides = ['sales', 'books']
let standInId: number

type Row = { id: number; revision: number; comparison: number }
const one = async (entity: string): Promise<Row> =>
  (
    await world.db.execute<Row>(
      sql`select reconciliation_id as id, revision, comparison_id as comparison from reconciliations where entity = ${entity}`,
    )
  )[0]!
const asked = async (entity: string, actor: Actor) => {
  const { id: reconciliationId, revision: seenRevision } = await one(entity)
  return { reconciliationId, seenRevision, actor }
}
/** As the role of the application, past the product; what it says, and nothing stays. */
const past = (statement: ReturnType<typeof sql>) =>
  world.db
    .transaction(async (tx) => {
      await tx.execute(statement)
      throw new Error('as far as that')
    })
    .catch((error: Error) => (error.cause instanceof Error ? error.cause.message : error.message))
const certifiedBy = async (entity: string, by: string) => {
  const { id, comparison } = await one(entity)
  return past(sql`insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, comment, signed_at)
    values (${id}, ${comparison}, 'certified', ${by}, '', now())`)
}

beforeAll(async () => {
  await addActors(world, away, { ...away, name: 'carl', entityScope: ['DK01'] }, cleo, fiona)
  const definition = {
    kind: 'reconciliation',
    reconciliation: 'sales-to-books',
    title: 'Sales in the books',
    sides: sides.map((system) => ({ name: system, system })),
    key: ['document'],
  }
  await importDefinitions(world.context, { yaml: JSON.stringify(definition), actor: ADMIN })
  const rows = ['NO01', 'SE01', 'DK01'].map((entity) => ({ id: entity, entity, document: 'D', debit: '', credit: '10.00' }))
  for (const code of sides) await load(world.context, job(code), ledgerCsv(rows))
  await compareWhatMoved(world.context)
  const lastDay = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10)
  const named = { forPerson: 'cara', standIn: 'carl', entities: ['*'], lastDay, reason, actor: away }
  standInId = (await nameStandIn(world.context, named)).standInId
})

test('who stands in signs what somebody else prepared, where they have nothing of their own', async () => {
  expect(await carl()).toEqual({ name: 'carl', role: 'controller', entityScope: ['DK01', '*'], standsInFor: ['cara'] })
  await prepareReconciliation(world.context, await asked('SE01', fiona))
  await certifyReconciliation(world.context, await asked('SE01', await carl()))
  const [event] = await world.owner`select actor, after from audit_events where action = 'reconciliation.certified'`
  expect(event).toMatchObject({ actor: 'carl', after: { entity: 'SE01', standsInFor: ['cara'] } })
})

test('never what the person they stand in for prepared: by the door, nor past it, their own entity neither', async () => {
  for (const entity of ['NO01', 'DK01']) {
    await prepareReconciliation(world.context, await asked(entity, away))
    await expect(certifyReconciliation(world.context, await asked(entity, await carl())), entity).rejects.toThrow(
      'cara, for whom you stand in, prepared it; somebody else certifies',
    )
    expect(await certifiedBy(entity, 'carl'), entity).toContain('carl or cara has signed this comparison already')
  }
  expect(await certifiedBy('NO01', 'cleo'), 'somebody else does').toBe('as far as that')
  await certifyReconciliation(world.context, await asked('NO01', cleo))
})

test('nor decide what they asked for', async () => {
  const refusal = { code: 'same_person', detail: expect.stringContaining('cara, for whom you stand in,') }
  await setPeriodState(world.context, { entity: 'NO01', period: PERIOD, state: 'closed', reason, actor: ADMIN })
  const { requestId } = await askReopening(world.context, { entity: 'NO01', period: PERIOD, reason, actor: away })
  const decide = async (actor: Actor) => decideReopening(world.context, { requestId, isApproved: true, reason, actor })
  await expect(decide(await carl())).rejects.toMatchObject(refusal)
  const reopened = (by: string) =>
    past(
      sql`with answered as (select 1) update period_reopenings set answer = 'approved', decided_by = ${by}, decided_at = now() where request_id = ${requestId}`,
    )
  expect(await reopened('carl')).toBe('as far as that')
  const opened = (by: string) =>
    world.db
      .transaction(async (tx) => {
        await tx.execute(
          sql`update period_reopenings set answer = 'approved', decided_by = ${by}, decided_at = now() where request_id = ${requestId}`,
        )
        await tx.execute(
          sql`update period_states set state = 'reopened', reopening_id = ${requestId} where (entity, period) = ('NO01', ${PERIOD})`,
        )
        throw new Error('as far as that')
      })
      .catch((error: Error) => (error.cause instanceof Error ? error.cause.message : error.message))
  expect(await opened('carl')).toContain('nobody approved')
  expect(await opened('cleo')).toBe('as far as that')

  const loose = { reconciliation: 'auto', certification: { automaticUpTo: { NOK: '1' } } }
  const definition = {
    kind: 'reconciliation',
    title: 'A',
    sides: sides.map((system) => ({ name: system, system })),
    key: ['document'],
  }
  const [imported] = await importDefinitions(world.context, { yaml: JSON.stringify({ ...definition, ...loose }), actor: away })
  const proposalId = imported?.change === 'proposed' ? imported.proposal!.proposalId : 0
  const approve = (actor: Actor) => decideDefinition(world.context, { proposalId, isApproved: true, reason, actor })
  await expect(approve(await carl())).rejects.toMatchObject(refusal)
  await approve(cleo)

  const change = { dimension: 'account', sourceCode: 'x', canonicalCode: '4000', effectiveFrom: '', effectiveTo: '' } as const
  const proposed = await proposeMapping(world.context, { system: 'sales', change, reason, actor: away })
  await expect(
    decideMapping(world.context, { proposalId: proposed.proposalId, decision: 'approved', actor: await carl() }),
  ).rejects.toMatchObject(refusal)
})

test('once it has ended he is a person of his own again, in what is his', async () => {
  await endStandIn(world.context, { standInId, actor: away })
  expect(await carl()).toEqual({ name: 'carl', role: 'controller', entityScope: ['DK01'] })
  expect(await certifiedBy('SE01', 'carl')).toContain('sign-off refused')
  await certifyReconciliation(world.context, await asked('DK01', await carl()))
})
