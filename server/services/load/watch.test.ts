import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, keepFile } from '#db/testing/load.ts'
import { Watch } from './watch.ts'

const world = useDatabase()

test('runs that go on at the same time leave nothing behind on the signal of their worker, whenever garbage is collected', async () => {
  const job = ledgerJob()
  await importJob(world.context, job)
  const { run } = (await findRun(world.db, await keepFile(world.context, job.job, ledgerCsv([{ id: '1' }]))))!
  setFlagsFromString('--expose-gc')
  const collectGarbage: unknown = runInNewContext('gc')
  if (typeof collectGarbage !== 'function') throw new Error('garbage cannot be collected')
  const stop = new AbortController()
  for (let round = 0; round < 5; round++) {
    const watches = Array.from({ length: 4 }, () => new Watch(world.context, run, stop.signal))
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(4)
    await sleep(1)
    collectGarbage()
    for (const watch of watches) watch.end()
  }
  expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  const last = new Watch(world.context, run, stop.signal)
  stop.abort(new Error('the worker is stopping'))
  expect(last.signal.reason).toBe(stop.signal.reason)
  last.end()
})

test('a run that is taken in the moment its worker stops hears of it', async () => {
  const job = ledgerJob()
  const { run } = (await findRun(world.db, await keepFile(world.context, job.job, ledgerCsv([{ id: '2' }]))))!
  const watch = new Watch(world.context, run, AbortSignal.abort(new Error('the worker is stopping')))
  expect(watch.signal.aborted).toBe(true)
  watch.end()
})
