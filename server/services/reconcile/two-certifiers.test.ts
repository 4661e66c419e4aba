import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { addActors } from '#db/testing/people.ts'
import { CARL, FIONA, invoice, reconciledWorld } from '#db/testing/reconciled.ts'
import type { Actor } from '#server/domain/actor.ts'
import { readReconciliations } from '../reads/reconciliations-view.ts'
import { addEvidence } from './evidence.ts'
import { certifyReconciliation, prepareReconciliation } from './sign.ts'

const world = useDatabase()
const { define, bill, book, compare, one } = reconciledWorld(world)
const DORA: Actor = { ...CARL, name: 'dora' }
const asked = async (actor: Actor) => {
  const { reconciliation_id: reconciliationId, revision: seenRevision } = await one()
  return { reconciliationId, seenRevision, actor }
}
const prepare = async () => prepareReconciliation(world.context, await asked(FIONA))
const certify = async (actor: Actor) => certifyReconciliation(world.context, await asked(actor))
const listed = async () => {
  const { rows } = await readReconciliations(world.db, { scope: ['*'] }, 'carl', new Date())
  return rows.map(({ state, certifiedBy }) => [state, certifiedBy])
}

beforeAll(async () => {
  await define({ certification: { oneUpTo: { NOK: '1.00' } } })
  await addActors(world, DORA)
  await bill([invoice(1, '100.00')])
  await book([invoice(1, '100.00')])
  await compare()
})

test('two people certify above the limit; a signature from before the newest preparation counts no more', async () => {
  await prepare()
  await certify(CARL)
  expect(await listed()).toEqual([['prepared', null]])
  await expect(certify(CARL)).rejects.toThrow('you certified it; somebody else is the second')
  await expect(certify({ ...FIONA, role: 'controller' })).rejects.toThrow('you prepared it; somebody else certifies')
  const file = { name: 'late.txt', bytes: new TextEncoder().encode('came between the two') }
  await addEvidence(world.context, { reconciliationId: (await one()).reconciliation_id, file, actor: FIONA })
  await expect(certify(DORA)).rejects.toThrow('nobody has prepared it yet')
  await prepare()
  await certify(DORA)
  expect(await listed(), 'who signed without the file is asked again').toEqual([['prepared', null]])
  await certify(CARL)
  expect(await listed()).toEqual([['certified', 'dora, carl']])
})
