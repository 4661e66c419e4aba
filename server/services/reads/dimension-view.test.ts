import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { memberCsv, memberJob } from '#db/testing/ledger.ts'
import { load, runUntilEnded } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { correctMember } from '../correct-member.ts'
import { readDimension } from './dimension-view.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }

test('who, when and why of a member is for whoever sees its entity; that of all entities for everybody', async () => {
  await load(world.context, memberJob('entity'), memberCsv(['code', 'name', 'calendar'], [['SE01', 'Sweden', '']]))
  for (const entity of ['SE01', '']) {
    const correction = {
      dimension: 'supplier' as const,
      entity,
      code: '4711',
      name: 'Grain',
      validFrom: '2026-03-15',
      validTo: '',
      isActive: true,
    }
    const { runId } = await correctMember(world.context, { correction, reason: 'it changed hands', actor: FIONA })
    await runUntilEnded(world.context, runId)
  }
  const historyFor = async (scope: readonly string[], entity: string) => {
    const asked = { dimension: 'supplier', publication: 1_000, scope, member: { entity, code: '4711' } } as const
    return (await readDimension(world.db, asked, new Date())).selected?.history.map(({ reason }) => reason)
  }
  expect(await historyFor(['SE01'], 'SE01')).toEqual(['it changed hands'])
  expect(await historyFor(['NO01'], '')).toEqual(['it changed hands'])
  expect(await historyFor(['NO01'], 'SE01')).toEqual([])
})
