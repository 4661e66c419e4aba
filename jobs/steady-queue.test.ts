import { expect, test, vi } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { startSteadyQueue } from './steady-queue.ts'

const world = useDatabase()
const NAME = 'steady queue'

test('a queue that is stopped while it begins again leaves nothing behind that takes tasks', async () => {
  const url = new URL(world.appUrl)
  url.searchParams.set('application_name', NAME)
  const backends = () => world.owner<{ waits: string | null }[]>`
    select wait_event_type as waits from pg_stat_activity where datname = current_database() and application_name = ${NAME}`
  const gate = await world.owner.reserve()
  // That the task is over cannot be noted, so the queue ends; and it cannot begin again before the gate is opened.
  const spoil = async () => {
    await world.owner`revoke delete on graphile_worker._private_jobs from tower_app`
    await gate`begin`
    await gate`lock table graphile_worker.migrations`
  }
  const queue = await startSteadyQueue(
    { connectionString: url.href, noHandleSignals: true, pollInterval: 100, taskList: { last: spoil } },
    makeLogger({ level: 'silent' }),
  )
  try {
    await world.owner`select graphile_worker.add_job('last')`
    await vi.waitFor(async () => expect(await backends()).toContainEqual({ waits: 'Lock' }), 20_000)
    const stopped = queue.stop()
    await gate`rollback`
    await stopped
    await vi.waitFor(async () => expect(await backends()).toEqual([]), 5_000)
  } finally {
    gate.release()
  }
})
