import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { findRun } from '#db/queries/runs.ts'
import { useDatabase } from '#db/testing/database.ts'
import { ledgerCsv, ledgerJob } from '#db/testing/ledger.ts'
import { importJob, keepFile, load } from '#db/testing/load.ts'
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

test('people are told of every record that was read', async () => {
  await world.owner.unsafe(`
    create table told (stage text, records int);
    create function tell() returns trigger language plpgsql security definer as $$ begin
      insert into told select new.progress->>'stage', (new.progress->>'records')::int where new.progress is not null; return null; end $$;
    create trigger tell after update of progress on runs for each row execute function tell()`)
  await load(world.context, ledgerJob({ job: 'told' }), ledgerCsv([{ id: '3' }, { id: '4' }, { id: '5' }]))
  const told = await world.owner`select distinct stage, records from told where stage in ('prove', 'publish') order by stage`
  expect(told.map(({ records }) => records)).toEqual([3, 3])
})
