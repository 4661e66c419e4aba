import { expect, inject, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { inDatabase } from '#db/testing/global-setup.ts'
import { ledgerJob } from '#db/testing/ledger.ts'
import { ADMIN, importJob } from '#db/testing/load.ts'
import { migrate } from '#db/migrate.ts'
import { addPerson } from '#server/services/add-person.ts'
import { dropEverything, readDemoContents } from './demo-reset.ts'

const world = useDatabase()
const KNOWN = { people: ['fiona'], jobs: ['ledger'] }
const ownerUrl = async () => {
  const [row] = await world.owner`select current_database() as name`
  return inDatabase(inject('testServer').ownerUrl, String(row!.name))
}
const contents = async () => readDemoContents(await ownerUrl(), KNOWN)
const person = (signIn: string) => ({
  signIn,
  name: signIn,
  role: 'auditor' as const,
  entityScope: ['*'],
  password: 'demo',
  actor: ADMIN,
})

test('what the demonstration brought is nobody else’s work; a person or a job of others is', async () => {
  await addPerson(world.context, person('fiona'))
  await importJob(world.context, ledgerJob())
  // The test itself is a worker that lives.
  expect(await contents()).toMatchObject({ others: [], workers: 1, isThere: false })
  await addPerson(world.context, person('bob'))
  await importJob(world.context, ledgerJob({ job: 'ours' }))
  expect((await contents()).others).toEqual(['the person bob', 'the job ours'])
})

test('everything of ours goes, and comes back empty', async () => {
  const url = await ownerUrl()
  await dropEverything(url)
  expect(await contents()).toMatchObject({ isThere: false, others: [], runs: 0 })
  const { applied, total } = await migrate(url)
  expect(applied).toBe(total)
  expect(await contents()).toMatchObject({ runs: 0, lines: 0, others: [] })
})
