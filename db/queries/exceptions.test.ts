import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { businessDaysOpen } from './exceptions.ts'

const world = useDatabase()

test('business days open are the Mondays to Fridays after the day it was opened, each day of two years', async () => {
  const [row] = await world.db.execute<{ days: number; differing: number }>(sql`
    select count(*)::int as days, count(*) filter (where told is distinct from counted)::int as differing from (
      select ${businessDaysOpen('2026-11-20')} as told,
        (select count(*) from generate_series(opened::date + 1, '2026-11-20'::date, interval '1 day') day where extract(isodow from day) < 6) as counted
      from generate_series('2025-01-01 23:59:59Z'::timestamptz, '2026-12-31', interval '1 day') opened cross join lateral (select opened as opened_at) e) both_ways`)
  expect(row).toEqual({ days: 729, differing: 0 })
})
