import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { closeDatabase, openDatabase } from '#db/client.ts'
import { listRunArtifacts } from './runs.ts'
import { useDatabase } from '#db/testing/database.ts'

const world = useDatabase()

test('a statement is prepared once for a connection, also inside a transaction, unless it names the place of a load', async () => {
  const db = openDatabase(world.appUrl, { max: 1 })
  await world.owner`create table load.l0 (line_id int)`
  await world.owner`grant select on load.l0 to tower_app`
  await db.execute(sql`select ${1}::int + 1 as asked`)
  await db.transaction(async (tx) => {
    for (const n of [2, 3]) expect(await tx.execute(sql`select ${n}::int + 1 as asked`)).toEqual([{ asked: n + 1 }])
    await listRunArtifacts(tx, 1)
    await tx.execute(sql`select * from load.l0 where line_id = ${1}`)
  })
  const prepared = await db.execute<{ statement: string; times: number }>(
    sql`select statement, (generic_plans + custom_plans)::int as times from pg_prepared_statements`,
  )
  expect(prepared.filter(({ statement }) => statement.includes('asked'))).toMatchObject([{ times: 3 }])
  expect(prepared.filter(({ statement }) => statement.includes('run_artifacts'))).toHaveLength(1)
  expect(prepared.filter(({ statement }) => statement.includes('load.l'))).toEqual([])
  await closeDatabase(db)
})
