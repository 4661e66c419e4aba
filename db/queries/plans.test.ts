import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import { WORKER } from '#server/domain/actor.ts'
import { signCheckpoint } from '#server/services/audit/sign-checkpoint.ts'
import { HOT_QUERIES, plansOf, statementsOf, type PlanIds } from '#db/testing/plans.ts'

const world = useDatabase()
let ids: PlanIds

beforeAll(async () => {
  await makeFiguresWorld(world)
  await signCheckpoint(world.context, { actor: WORKER })
  await world.owner`analyze`
  const [row] = await world.owner`
    select (select max(publication) from publications) as publication, l.line_id::int8 as "lineId", l.entity, l.period, l.version, l.currency,
      (select max(run_id) from rejected_records) as "runId", (select max(exception_id) from rejections where replaced_by_run_id is null) as "exceptionId",
      (select correlation_id from runs order by run_id limit 1) as "correlationId"
    from lines l order by line_id limit 1`
  ids = { ...row, lineId: Number(row!.lineId), job: 'ledger' } as unknown as PlanIds
})

/** Tables that grow with every load: read whole by nothing that a person waits for. */
const LARGE =
  /Seq Scan on (lines|lines_shared|l\d+|artifact_chunks|artifact_marks|rejected_records|rejections|repeats|control_totals|slice_totals|audit_events|audit_leaves)\b/

const missing = (plans: readonly string[], uses: readonly string[]) => uses.filter((index) => !plans.join('\n').includes(index))

test.each(Object.entries(HOT_QUERIES))('%s can use its indexes', async (_, { ask, uses }) => {
  const plans = await plansOf(world.owner, await statementsOf(world.db, () => ask(world.db, ids)), 'can')
  expect(missing(plans, uses), plans.join('\n\n')).toEqual([])
  const whole = plans.flatMap((plan) => LARGE.exec(plan)?.[1] ?? [])
  expect(whole, plans.join('\n\n')).toEqual([])
})

test('of every hot query it is noticed when it loses one of its indexes', async () => {
  const unnoticed: string[] = []
  for (const [name, { ask, uses }] of Object.entries(HOT_QUERIES)) {
    const statements = await statementsOf(world.db, () => ask(world.db, ids))
    for (const index of uses) {
      const [found] = await world.owner`
        select coalesce(p.inhparent, i.indexrelid)::regclass::text as index, c.conname, i.indrelid::regclass::text as of,
          coalesce(t.inhparent, i.indrelid)::regclass::text as parent, (select conname from pg_constraint where conindid = p.inhparent) as "parentName"
        from pg_index i join pg_class n on n.oid = i.indexrelid left join pg_inherits p on p.inhrelid = i.indexrelid
          left join pg_inherits t on t.inhrelid = i.indrelid left join pg_constraint c on c.conindid = i.indexrelid
        where starts_with(n.relname, ${index}) and n.relnamespace = 'public'::regnamespace`
      const drop = found!.conname
        ? `alter table ${found!.parent} drop constraint "${found!.parentName ?? found!.conname}" cascade`
        : `drop index ${found!.index}`
      if (missing(await plansOf(world.owner, statements, 'can', drop), uses).length === 0) unnoticed.push(`${name}: ${index}`)
    }
  }
  expect(unnoticed).toEqual([])
}, 120_000)
