import { expect, test } from 'vitest'
import { useDatabase } from '../testing/database.ts'
import { hearNotifications } from './notifications.ts'
import { importJob } from '../testing/load.ts'
import { ledgerJob } from '../testing/ledger.ts'

const world = useDatabase()

const until = async (isSo: () => boolean) => {
  for (let tries = 0; tries < 2_000 && !isSo(); tries++) await new Promise((done) => setTimeout(done, 25))
  expect(isSo()).toBe(true)
}

test('a change is heard when it is committed, also after the connection was lost', async () => {
  const heard: string[] = []
  let connections = 0
  const ears = await hearNotifications(world.appUrl, {
    onNews: (topic) => heard.push(topic),
    onConnected: () => connections++,
  })
  await importJob(world.context, ledgerJob({ job: 'first' }))
  await until(() => heard.includes('jobs'))
  expect(connections).toBe(1)

  await world.owner`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'control tower news' and datname = current_database()`
  await until(() => connections === 2)
  heard.length = 0
  await importJob(world.context, ledgerJob({ job: 'second' }))
  await until(() => heard.includes('jobs'))
  await ears.close()
})
