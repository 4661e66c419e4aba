import { expect, test } from 'vitest'
import { countAuditEvents } from '#db/queries/audit.ts'
import { findPerson, listPeople } from '#db/queries/people.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { addPerson } from './add-person.ts'
import { changePerson, type ChangePerson } from './change-person.ts'
import { signIn, whoIs } from './sign-in.ts'

const world = useDatabase()
const PASSWORD = 'correct horse'
let made = 0

async function person(role: Role, entityScope: readonly string[] = ['*']): Promise<{ name: string; actor: Actor }> {
  const name = `p${++made}`
  await addPerson(world.context, { signIn: name, name, role, entityScope, password: PASSWORD, actor: ADMIN })
  return { name, actor: { name, role, entityScope } }
}
const signedIn = async (name: string, password = PASSWORD) => {
  const session = await signIn(world.context, { signIn: name, password, address: '127.0.0.1' })
  if (session === null || session === 'wait') throw new Error(`${name} could not sign in`)
  return session.token
}
const change = (name: string, wanted: Partial<ChangePerson>) =>
  changePerson(world.context, { signIn: name, actor: ADMIN, ...wanted })
const lastEvent = async () => (await world.owner`select * from audit_events order by event_id desc limit 1`)[0]!

test('a changed role and scope count at once in a session that is open', async () => {
  const { name } = await person('controller')
  const token = await signedIn(name)
  await change(name, { role: 'auditor', entityScope: ['NO01', 'SE01'], reason: 'Moved to audit' })
  expect((await whoIs(world.context, token))?.actor).toEqual({ name, role: 'auditor', entityScope: ['NO01', 'SE01'] })
  expect(await lastEvent()).toMatchObject({
    action: 'person.changed',
    object_id: name,
    reason: 'Moved to audit',
    before: { role: 'controller', entityScope: ['*'] },
    after: { role: 'auditor', entityScope: ['NO01', 'SE01'] },
  })
})

test('whoever is disabled is signed out everywhere and cannot sign in until enabled again', async () => {
  const { name } = await person('it')
  const tokens = [await signedIn(name), await signedIn(name)]
  expect(await change(name, { disabled: true })).toEqual({ changed: true, sessionsEnded: 2 })
  for (const token of tokens) expect(await whoIs(world.context, token)).toBeNull()
  await expect(signedIn(name)).rejects.toThrow('could not sign in')
  await change(name, { disabled: false })
  // Enabled again, but the sessions of before stay ended.
  expect(await whoIs(world.context, tokens[0]!)).toBeNull()
  expect(await whoIs(world.context, await signedIn(name))).not.toBeNull()
})

test('a new password ends the sessions of the old one, and stands in no event', async () => {
  const { name } = await person('it')
  const token = await signedIn(name)
  await change(name, { password: 'battery staple' })
  expect(await whoIs(world.context, token)).toBeNull()
  await expect(signedIn(name)).rejects.toThrow('could not sign in')
  await signedIn(name, 'battery staple')
  const event = await lastEvent()
  expect(event).toMatchObject({ before: {}, after: { password: 'set anew', sessionsEnded: 1 } })
  expect(JSON.stringify(event)).not.toMatch(/battery|argon2/)
  await expect(change(name, { password: 'short' })).rejects.toMatchObject({ code: 'password_weak' })
})

test('sessions are ended on their own, and what is as it was makes no event', async () => {
  const { name } = await person('it')
  await signedIn(name)
  expect(await change(name, { endSessions: true })).toEqual({ changed: false, sessionsEnded: 1 })
  const before = await countAuditEvents(world.db)
  expect(await change(name, { endSessions: true, role: 'it', name })).toEqual({ changed: false, sessionsEnded: 0 })
  expect(await countAuditEvents(world.db)).toBe(before)
})

test('nobody changes their own role, scope or access', async () => {
  const { name, actor } = await person('admin')
  await person('admin')
  for (const wanted of [{ role: 'it' as const }, { entityScope: ['NO01'] }, { disabled: true }])
    await expect(change(name, { ...wanted, actor })).rejects.toMatchObject({ code: 'own_role' })
  await change(name, { name: 'Another name', actor })
})

test('the last administrator is neither demoted nor disabled, also by two at once', async () => {
  await world.owner`update people set role = 'it' where role = 'admin'`
  const [one, other] = [await person('admin'), await person('admin')]
  const each = await Promise.allSettled([
    change(one.name, { disabled: true, actor: other.actor }),
    change(other.name, { role: 'it', actor: one.actor }),
  ])
  expect(each.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(each.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'last_admin' } })
  const left = (await listPeople(world.db)).filter(({ role, disabledAt }) => role === 'admin' && disabledAt === null)
  expect(left).toHaveLength(1)
})

test('who does not see all entities gives nobody more than their own', async () => {
  const narrow: Actor = { name: 'narrow', role: 'admin', entityScope: ['NO01'] }
  const { name } = await person('it', ['NO01'])
  await expect(change(name, { entityScope: ['*'], actor: narrow })).rejects.toMatchObject({ code: 'outside_entity_scope' })
  const { name: broad } = await person('it')
  await expect(change(broad, { password: 'taken over', actor: narrow })).rejects.toMatchObject({ code: 'outside_entity_scope' })
  const added = { signIn: 'mine', name: 'Mine', role: 'admin' as const, entityScope: ['*'], password: PASSWORD, actor: narrow }
  await expect(addPerson(world.context, added)).rejects.toMatchObject({ code: 'outside_entity_scope' })
  expect(await findPerson(world.db, 'mine')).toBeNull()
})

test('nobody is named like what acts by itself', async () => {
  const added = { signIn: 'service:worker', name: 'W', role: 'it' as const, entityScope: [], password: PASSWORD, actor: ADMIN }
  await expect(addPerson(world.context, added)).rejects.toMatchObject({ code: 'input_invalid' })
})

test('the list says when somebody last signed in and what is open, and never a password', async () => {
  const { name } = await person('it')
  expect((await listPeople(world.db)).find(({ signIn: who }) => who === name)).toMatchObject({ lastSignInAt: null, sessions: 0 })
  await signedIn(name)
  const row = (await listPeople(world.db)).find(({ signIn: who }) => who === name)
  expect(row).toMatchObject({ lastSignInAt: expect.any(String), sessions: 1 })
  expect(JSON.stringify(row)).not.toContain('argon2')
})
