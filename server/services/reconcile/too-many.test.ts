import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { KEYS_MAX } from '#db/queries/comparison-pairs.ts'
import { listParts } from '#db/queries/comparisons.ts'
import { useDatabase } from '#db/testing/database.ts'
import { FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import { plant } from '#db/testing/people.ts'
import { verify } from '../verify.ts'
import { explainBreak } from './explain.ts'

/** More documents than are looked into, each of a debit and a credit, that the other side has nothing of: their sum is nothing. */
const world = useDatabase()
const { define, bill, book, compare, one, sign } = reconciledWorld(world)
const DOCUMENTS = KEYS_MAX + 1

beforeAll(async () => {
  await define()
  const numbers = Array.from({ length: DOCUMENTS }, (_, n) => n)
  await bill(numbers.flatMap((n) => [invoice(n, '5.00'), invoice(n, '', { id: `C${n}`, debit: '5.00' })]))
  await book([invoice(1, '5.00', { account: '1200' })])
  await compare()
})

test('where too much differs to be listed it breaks although its sums are equal, and nobody signs or explains it', async () => {
  const { state, comparison_id: comparisonId, reconciliation_id: reconciliationId } = await one()
  const [part, ...more] = await listParts(world.db, comparisonId)
  expect(more).toEqual([])
  expect(part).toMatchObject({ amount: '0.00', keys: -DOCUMENTS, because: { kind: 'bounded' } })
  expect(state).toBe('breaks')
  await expect(sign()).rejects.toThrow('too many differences to list')
  const said = { part: part!.part, type: 'timing', amount: '1.00', text: 'all of it' } as const
  await expect(explainBreak(world.context, { reconciliationId, comparisonId, ...said, actor: FIONA })).rejects.toThrow(
    'too many differences to list',
  )
})

test('nor past the product; a certification of it is named by verify, and superseded although nothing moved', async () => {
  const { comparison_id, reconciliation_id } = await one()
  for (const act of ['prepared', 'certified'])
    await expect(
      world.db.execute(sql`insert into sign_offs (reconciliation_id, comparison_id, act, signed_by, comment, signed_at)
        values (${reconciliation_id}, ${comparison_id}, ${act}, 'fiona', '', now())`),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('did not look into every difference') } })
  await plant(
    world,
    `insert into certifications (reconciliation_id, comparison_id, as_of, seal, seal_hash, is_automatic, certified_at)
       select ${reconciliation_id}, comparison_id, as_of, '{"evidence":[]}', encode(sha256('{"evidence":[]}'), 'hex'), false, now() from comparisons where comparison_id = ${comparison_id};
     update reconciliations set state = 'certified', certification_id = (select max(certification_id) from certifications)`,
  )
  const broken = async () => (await verify(world.context)).checks.flatMap(({ differences }) => differences)
  expect(await broken()).toEqual([expect.stringContaining('did not look into every difference')])
  expect(await compare()).toBe(1)
  expect((await one()).state).toBe('breaks')
  expect(await broken()).toEqual([])
  expect(await compare()).toBe(0)
})
