import { beforeAll, expect, test } from 'vitest'
import { CARA, Corrections, FIONA, REASON } from '#db/testing/corrections.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv } from '#db/testing/ledger.ts'
import { ADMIN, load } from '#db/testing/load.ts'
import { hearNotifications } from '#db/queries/notifications.ts'
import { addPerson } from './add-person.ts'
import { assignExceptions } from './assign-exceptions.ts'
import { gradeExceptions } from './grade-exceptions.ts'
import { noteExceptions } from './note-exceptions.ts'
import { proposeEnding } from './propose-ending.ts'

const world = useDatabase()
const on = new Corrections(world)

beforeAll(async () => {
  await on.loadMembers()
  await addPerson(world.context, {
    signIn: CARA.name,
    name: 'Cara',
    role: 'controller',
    entityScope: ['*'],
    password: 'a password of the test',
    actor: ADMIN,
  })
})

test('whoever looks at the desk hears of what the others do there', async () => {
  const job = on.newJob()
  const { runId } = await load(world.context, job, ledgerCsv([{ id: '1', cost_centre: 'CC9' }, { id: '2' }]))
  const [row] = await world.owner`select exception_id from exceptions where closed_at is null`
  const exceptions = [{ exceptionId: Number(row!.exception_id) }]
  const heard: string[] = []
  let isConnected = false
  const ears = await hearNotifications(world.appUrl, {
    onNews: (topic) => heard.push(topic),
    onConnected: () => (isConnected = true),
  })
  const hear = async (act: string, done: Promise<unknown>) => {
    await done
    await expect.poll(() => heard, { message: act, timeout: 5_000 }).toEqual(['exceptions'])
    heard.length = 0
  }
  await expect.poll(() => isConnected).toBe(true)
  await hear('given', assignExceptions(world.context, { exceptions, assignee: CARA.name, actor: FIONA }))
  await hear('graded', gradeExceptions(world.context, { exceptions, severity: 'high', reason: REASON, actor: FIONA }))
  await hear('noted', noteExceptions(world.context, { exceptions, text: 'who knows CC9?', actor: FIONA }))
  const ending = { exceptions, ending: 'rejected', reason: REASON, actor: FIONA } as const
  await hear('proposed to end', proposeEnding(world.context, ending))
  await hear('corrected', on.propose({ runId, key: '1', found: 'CC9', corrected: 'CC1' }))
  await ears.close()
})
