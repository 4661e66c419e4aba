import { beforeAll, expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob, memberCsv, memberJob } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import type { Actor } from '#server/domain/actor.ts'
import { addPerson } from '../add-person.ts'
import { noteExceptions } from '../note-exceptions.ts'
import { readMentions } from '../read-mentions.ts'
import { readUnreadMentions } from './mentions.ts'

const world = useDatabase()
const FIONA: Actor = { name: 'fiona', role: 'finance_operations', entityScope: ['*'] }
const CARA: Actor = { name: 'cara', role: 'controller', entityScope: ['*'] }
const CARL: Actor = { name: 'carl', role: 'controller', entityScope: ['*'] }
const NORA: Actor = { name: 'nora', role: 'finance_operations', entityScope: ['NO01'] }
const JOB = ledgerJob({ onFailure: 'quarantine', rules: { members: ['cost_centre'] } })
const unread = async (actor: Actor) => {
  const { unread: count, rows } = await readUnreadMentions(world.db, actor)
  expect(rows).toHaveLength(count)
  return rows.map(({ text }) => text)
}

/** The cause of both entities, and the one of Norway alone. */
let both: number
let norway: number

beforeAll(async () => {
  for (const { name, role, entityScope } of [FIONA, CARA, CARL, NORA])
    await addPerson(world.context, {
      signIn: name,
      name,
      role: role as 'controller',
      entityScope: [...entityScope],
      password: 'x',
      actor: ADMIN,
    })
  await load(world.context, memberJob('cost_centre'), memberCsv(['code', 'name'], [['CC1', 'CC1']]))
  await load(
    world.context,
    JOB,
    ledgerCsv([
      { id: 'a', entity: 'NO01', cost_centre: 'LOST', debit: '1' },
      { id: 'b', entity: 'SE01', cost_centre: 'LOST', debit: '1' },
      { id: 'c', entity: 'NO01', cost_centre: 'GONE', debit: '1' },
    ]),
  )
  const of = async (value: string) =>
    Number((await world.owner`select exception_id from exceptions where subject->>'value' = ${value}`)[0]!.exception_id)
  both = await of('LOST')
  norway = await of('GONE')
  const note = (exceptionId: number, text: string) =>
    noteExceptions(world.context, { exceptions: [{ exceptionId }], text, actor: FIONA })
  await note(both, '@cara @carl @nora what is LOST?')
  await note(norway, '@nora @fiona what is GONE?')
  await note(norway, 'nobody is asked')
})

test('a note tells whom it names, the newest first, but not its author; of an exception that is seen in part nothing is told', async () => {
  expect(await unread(CARA)).toEqual(['@cara @carl @nora what is LOST?'])
  expect(await unread(NORA)).toEqual(['@nora @fiona what is GONE?'])
  expect(await unread(FIONA)).toEqual([])
})

test('whoever opens the exception has read what names them there, once, and nobody has for them', async () => {
  await readMentions(world.context, { exceptionId: both, actor: NORA })
  await readMentions(world.context, { exceptionId: norway, actor: CARA })
  expect([await unread(CARA), await unread(NORA)]).toEqual([['@cara @carl @nora what is LOST?'], ['@nora @fiona what is GONE?']])
  for (const _ of [1, 2]) await readMentions(world.context, { exceptionId: norway, actor: NORA })
  expect([await unread(CARA), await unread(NORA)]).toEqual([['@cara @carl @nora what is LOST?'], []])
  const events = await world.owner`select actor, after from audit_events where action = 'note.read'`
  expect([...events]).toMatchObject([{ actor: 'nora', after: { exceptionId: norway } }])
  await readMentions(world.context, { exceptionId: both, actor: CARA })
  expect([await unread(CARA), await unread(CARL)]).toEqual([[], ['@cara @carl @nora what is LOST?']])
})
