import { beforeAll, expect, test } from 'vitest'
import { listParts } from '#db/queries/comparisons.ts'
import { listMatchActs } from '#db/queries/matches.ts'
import { useDatabase } from '#db/testing/database.ts'
import { plant } from '#db/testing/people.ts'
import { CARL, FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { joinParts, undoMatchAct } from './match-lines.ts'
import { certifyReconciliation, prepareReconciliation } from './sign.ts'

/** What people say of lines is kept before it is compared: whatever comes between the two, nothing is signed that counts it otherwise. */
const world = useDatabase()
const { define, bill, book, compare, compareDuring, one } = reconciledWorld(world)

const asked = async () => ({ reconciliationId: (await one()).reconciliation_id, actor: FIONA })
const signing = async (actor = FIONA) => ({ ...(await asked()), seenRevision: (await one()).revision, actor })
const joined = async () => {
  const { comparison_id: comparisonId } = await one()
  const parts = (await listParts(world.db, comparisonId)).map(({ part }) => part)
  await joinParts(world.context, { ...(await asked()), comparisonId, parts })
}
const acts = async () => listMatchActs(world.db, (await one()).reconciliation_id)
const takeBack = async () => undoMatchAct(world.context, { ...(await asked()), actId: (await acts())[0]!.actId })

beforeAll(async () => {
  await define({ key: ['source_key'] })
  await bill([invoice(1, '100.00')])
  await book([invoice(2, '100.00')])
  await compare()
})

test('a match is taken back, and it is never compared: what counts it is not certified, and the worker compares it', async () => {
  expect((await one()).state).toBe('breaks')
  await joined()
  expect((await one()).state).toBe('ready')
  await prepareReconciliation(world.context, await signing())
  await plant(
    world,
    `create function fails() returns trigger language plpgsql as $$ begin raise exception 'no room'; end $$;
     create trigger fails before insert on comparisons for each row execute function fails()`,
  )
  await expect(takeBack()).rejects.toMatchObject({ cause: { message: 'no room' } })
  await plant(world, 'drop trigger fails on comparisons')
  expect(await acts()).toEqual([])
  await expect(certifyReconciliation(world.context, await signing(CARL))).rejects.toThrow('being compared again')
  expect(await compare()).toBe(1)
  expect((await one()).state).toBe('breaks')
})

test('a match that is joined while somebody else compares is compared once more', async () => {
  const { reconciliation_id: reconciliationId } = await one()
  await compareDuring(async (tx) => {
    const lines = await tx<{ line_id: number }[]>`select line_id from lines order by line_id`
    const [first, other] = lines.map(({ line_id }) => [Number(line_id)])
    await tx`insert into match_acts (reconciliation_id, kind, first_line_ids, other_line_ids, acted_by, acted_at)
      values (${reconciliationId}, 'joined', ${first!}, ${other!}, 'fiona', now())`
  })
  expect((await one()).state).toBe('breaks')
  expect(await compare()).toBe(1)
  expect((await one()).state).toBe('ready')
})
