import { sql } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { findPerson } from '#db/queries/people.ts'
import { listStandIns } from '#db/queries/stand-ins.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import { plant } from '#db/testing/people.ts'
import type { Role } from '#server/domain/actor.ts'
import { addPerson } from '../add-person.ts'
import { changePerson } from '../change-person.ts'
import { actorOf } from '../sign-in.ts'
import { endStandIn } from './end-stand-in.ts'
import { nameStandIn } from './name-stand-in.ts'

/** Cara has Norway and Sweden, Carl has Denmark; fiona has another role. */
const world = useDatabase()
const actor = async (signIn: string) => actorOf(world.db, (await findPerson(world.db, signIn))!)
const scope = async (signIn: string) => (await actor(signIn)).entityScope
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
const asked = async (more: object = {}, by = 'cara') => ({
  forPerson: 'cara',
  standIn: 'carl',
  entities: ['NO01'],
  lastDay: inDays(10),
  reason: 'on holiday',
  actor: await actor(by),
  ...more,
})
const refused = async (more: object, by?: string) =>
  nameStandIn(world.context, await asked(more, by)).catch((error: Error) => error.message)

beforeAll(async () => {
  const people: [string, Role, string[]][] = [
    ['cara', 'controller', ['NO01', 'SE01']],
    ['carl', 'controller', ['DK01']],
    ['dora', 'controller', ['FI01']],
    ['fiona', 'finance_operations', ['NO01']],
  ]
  for (const [signIn, role, entityScope] of people)
    await addPerson(world.context, { signIn, name: signIn, role, entityScope, password: 'not used here', actor: ADMIN })
})

test('a stand-in acts in what was lent, under their own name and role, until it ends', async () => {
  const { standInId } = await nameStandIn(world.context, await asked())
  expect(await actor('carl')).toEqual({
    name: 'carl',
    role: 'controller',
    entityScope: ['DK01', 'NO01'],
    standsInFor: ['cara'],
  })
  expect(await scope('dora')).toEqual(['FI01'])
  await expect(endStandIn(world.context, { standInId, actor: await actor('dora') })).rejects.toThrow('it is not yours to end')
  await endStandIn(world.context, { standInId, actor: await actor('carl') })
  expect(await scope('carl')).toEqual(['DK01'])
  await expect(endStandIn(world.context, { standInId, actor: await actor('cara') })).rejects.toThrow('carl ended it already')
  expect(await listStandIns(world.db, 'cara')).toMatchObject([{ standIn: 'carl', endedBy: 'carl', isInForce: false }])
})

test('it ends by itself at its day', async () => {
  await nameStandIn(world.context, await asked({ entities: ['*'] }))
  expect(await scope('carl')).toEqual(['DK01', 'NO01', 'SE01'])
  const over = `starts_at = now() - interval '5 days', ends_at = now() - interval '1 second'`
  await plant(world, `update stand_ins set ${over} where ended_at is null`)
  expect(await scope('carl')).toEqual(['DK01'])
})

test('only what is one’s own is lent, to somebody of the same role, with an end', async () => {
  await nameStandIn(world.context, await asked())
  const lent = await actor('carl')
  expect(await refused({ forPerson: 'carl', standIn: 'dora', entities: ['NO01'], actor: lent })).toContain(
    'carl does not have NO01',
  )
  expect(await refused({ standIn: 'fiona' })).toContain('fiona has another role')
  expect(await refused({ standIn: 'cara' })).toContain('nobody stands in for themself')
  expect(await refused({ lastDay: inDays(200) })).toContain('92 days at most')
  expect(await refused({ lastDay: inDays(-2) })).toContain('its last day is over')
  expect(await refused({}, 'dora')).toContain('you name one for yourself')
  expect(await refused({ entities: [] })).toContain('say which entities')
  expect(await refused({ reason: '' })).toContain('reason')
})

test('who loses an entity, a role or access lends nothing any more', async () => {
  const change = (wanted: object) =>
    changePerson(world.context, { signIn: 'cara', actor: ADMIN, reason: 'for a test', ...wanted })
  expect(await scope('carl')).toEqual(['DK01', 'NO01'])
  await change({ entityScope: ['SE01'] })
  expect(await scope('carl')).toEqual(['DK01'])
  await change({ entityScope: ['NO01'], role: 'it' })
  expect(await scope('carl')).toEqual(['DK01'])
  await change({ role: 'controller' })
  expect(await scope('carl')).toEqual(['DK01', 'NO01'])
  await change({ disabled: true })
  expect(await scope('carl')).toEqual(['DK01'])
})

test('both acts are in the audit log, and past the product it has an end as well', async () => {
  const events = await world.db.execute<{ action: string }>(
    sql`select action from audit_events where action like 'stand_in.%' order by event_id`,
  )
  expect(events.map(({ action }) => action)).toEqual(['stand_in.named', 'stand_in.ended', 'stand_in.named', 'stand_in.named'])
  await expect(
    world.db.execute(sql`insert into stand_ins (for_person, stand_in, entities, starts_at, ends_at, reason, named_by, named_at)
      values ('cara', 'dora', '{*}', now(), now() + interval '5 years', 'for ever', 'cara', now())`),
  ).rejects.toMatchObject({ cause: { code: '23514' } })
  await expect(world.db.execute(sql`update stand_ins set ends_at = now() + interval '9 days'`)).rejects.toMatchObject({
    cause: { code: '42501' },
  })
})
