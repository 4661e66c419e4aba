import { mkdtemp } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { seedDemo } from './seed.ts'
const world = useDatabase()
test('seed', async () => {
  const t = performance.now()
  const made = await seedDemo(world.context, { folder: await mkdtemp('/tmp/world-'), report: (m) => console.log(((performance.now()-t)/1000).toFixed(1), m) })
  console.log(made, (performance.now()-t)/1000)
  console.table(await world.owner`select e.exception_id id, j.name, e.failure_class fc, e.code, e.title, e.closed_at is not null closed from exceptions e join jobs j using(job_id) order by 2`)
  console.table(await world.owner`select object_type, version, sum(count)::int n from slice_totals where superseded_at_pub is null group by 1,2`)
  console.table(await world.owner`select stage, count(*)::int n, sum(extract(epoch from ended_at-started_at))::float s, max(extract(epoch from ended_at-started_at))::float mx from stages group by 1`)
  console.table(await world.owner`select j.name, r.run_id, extract(epoch from r.finished_at-r.started_at)::float s, r.status, left(r.summary->>'sentence',60) t from runs r join jobs j using(job_id) order by 3 desc limit 25`)
  console.table(await world.owner`select r.run_id, j.name, a.attempt, a.failure_code, a.failure_detail from attempts a join runs r using(run_id) join jobs j using(job_id) where failure_code is not null`)
  expect(made).not.toBeNull()
}, 200_000)
