import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { makeFiguresWorld } from '#db/testing/figures-world.ts'
import { HOT_QUERIES, plansOf, statementsOf, type PlanIds } from '#db/testing/plans.ts'

const world = useDatabase()
let ids: PlanIds

beforeAll(async () => {
  await makeFiguresWorld(world)
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
  /Seq Scan on (lines|lines_shared|l\d+|artifact_chunks|artifact_marks|rejected_records|rejections|repeats|control_totals|slice_totals|audit_events)\b/

test.each(Object.entries(HOT_QUERIES))('%s can use its indexes', async (_, { ask, uses }) => {
  const plan = (await plansOf(world.owner, await statementsOf(world.db, () => ask(world.db, ids)), 'can')).join('\n')
  const missing = uses.filter((index) => !plan.includes(index))
  expect(missing, plan).toEqual([])
})
