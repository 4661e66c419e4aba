import { beforeAll, expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { listViews } from '#db/queries/views.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { addPerson } from './add-person.ts'
import { removeView } from './remove-view.ts'
import { renameView } from './rename-view.ts'
import { saveView } from './save-view.ts'
import { setDefaultView } from './set-default-view.ts'

const world = useDatabase()
const PEOPLE = [
  ['nora', 'finance_operations'],
  ['omar', 'controller'],
  ['ada', 'auditor'],
  ['root', 'admin'],
] as const
const [nora, omar, ada, root] = PEOPLE.map(([name, role]): Actor => ({ name, role, entityScope: ['*'] })) as [
  Actor,
  Actor,
  Actor,
  Actor,
]
const HELD = { screen: '/runs', name: 'Held', query: 'status=held', isTeam: false }
const namesFor = async (actor: Actor) => (await listViews(world.db, actor.name)).map(({ name }) => name)

beforeAll(async () => {
  for (const [signIn, role] of PEOPLE)
    await addPerson(world.context, { signIn, name: signIn, role, entityScope: ['*'], password: 'x', actor: ADMIN })
})

test('a view is kept for its owner; one of the team is seen by everybody', async () => {
  await saveView(world.context, { ...HELD, actor: nora })
  await saveView(world.context, { ...HELD, name: 'Of us all', isTeam: true, actor: nora })
  expect(await namesFor(nora)).toEqual(['Held', 'Of us all'])
  expect(await namesFor(omar)).toEqual(['Of us all'])
})

test('the same name replaces, and says in the log what stood there', async () => {
  const first = await saveView(world.context, { ...HELD, actor: nora })
  const again = await saveView(world.context, { ...HELD, query: 'before=7&status=failed', actor: nora })
  expect(again).toEqual(first)
  expect((await listViews(world.db, 'nora')).find(({ viewId }) => viewId === first.viewId)?.query).toBe('status=failed')
  const [event] =
    await world.owner`select before, after from audit_events where action = 'view.saved' order by event_id desc limit 1`
  expect(event).toMatchObject({ before: { query: 'status=held' }, after: { query: 'status=failed' } })
})

test('the view a list opens with is each person’s own, and goes when the view goes', async () => {
  const { viewId } = await saveView(world.context, { ...HELD, name: 'Morning', isTeam: true, actor: nora })
  await setDefaultView(world.context, { screen: '/runs', viewId, actor: omar })
  const isDefault = async (actor: Actor) => (await listViews(world.db, actor.name)).some((view) => view.isDefault)
  expect([await isDefault(nora), await isDefault(omar)]).toEqual([false, true])
  await removeView(world.context, { viewId, actor: nora })
  expect(await isDefault(omar)).toBe(false)
})

test('nobody touches what is another’s', async () => {
  const own = await saveView(world.context, { ...HELD, name: 'Private', actor: nora })
  const team = await saveView(world.context, { ...HELD, name: 'Shared', isTeam: true, actor: nora })
  const events = await countAuditEvents(world.db)
  await expect(removeView(world.context, { viewId: own.viewId, actor: root })).rejects.toMatchObject({ code: 'view_not_found' })
  await expect(removeView(world.context, { viewId: team.viewId, actor: omar })).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(setDefaultView(world.context, { screen: '/runs', viewId: own.viewId, actor: omar })).rejects.toMatchObject({
    code: 'view_not_found',
  })
  await expect(setDefaultView(world.context, { screen: '/jobs', viewId: team.viewId, actor: omar })).rejects.toMatchObject({
    code: 'view_not_found',
  })
  expect(await countAuditEvents(world.db)).toBe(events)
  await removeView(world.context, { viewId: team.viewId, actor: root })
  expect(await namesFor(nora)).not.toContain('Shared')
})

test('a view is renamed by whoever made it, one of the team by an administrator as well; whose list opens with it still does', async () => {
  const { viewId } = await saveView(world.context, { ...HELD, name: 'Evening', isTeam: true, actor: nora })
  await setDefaultView(world.context, { screen: '/runs', viewId, actor: omar })
  const seen = async (actor: Actor) => (await listViews(world.db, actor.name)).find((view) => view.viewId === viewId)
  await renameView(world.context, { viewId, name: ' Night ', actor: nora })
  expect(await seen(omar)).toMatchObject({ name: 'Night', query: 'status=held', isDefault: true, defaultOfOthers: 0 })
  await renameView(world.context, { viewId, name: 'Dawn', actor: root })
  expect(await seen(nora)).toMatchObject({ name: 'Dawn', isMine: true, isDefault: false, defaultOfOthers: 1 })
  await expect(renameView(world.context, { viewId, name: 'Mine', actor: omar })).rejects.toMatchObject({ code: 'not_allowed' })
  await expect(renameView(world.context, { viewId, name: 'Held', actor: nora })).rejects.toMatchObject({ code: 'input_invalid' })
  const own = await saveView(world.context, { ...HELD, name: 'Own', actor: nora })
  await expect(renameView(world.context, { ...own, name: 'Held', actor: root })).rejects.toMatchObject({ code: 'view_not_found' })
  expect((await seen(nora))?.name).toBe('Dawn')
  const [event] =
    await world.owner`select actor, before, after from audit_events where action = 'view.renamed' order by event_id desc limit 1`
  expect(event).toMatchObject({ actor: 'root', before: { name: 'Night' }, after: { name: 'Dawn' } })
})

test.each([
  { name: 'no name', view: { ...HELD, name: '  ' } },
  { name: 'a name too long', view: { ...HELD, name: 'x'.repeat(61) } },
  { name: 'a screen that has no views', view: { ...HELD, screen: '//evil.example' } },
  { name: 'too many filters', view: { ...HELD, query: `job=${'x'.repeat(2_000)}` } },
])('$name is refused', async ({ view }) => {
  await expect(saveView(world.context, { ...view, actor: nora })).rejects.toMatchObject({ code: 'input_invalid' })
})

test('an auditor keeps no views', async () => {
  await expect(saveView(world.context, { ...HELD, actor: ada })).rejects.toMatchObject({ code: 'not_allowed' })
})
