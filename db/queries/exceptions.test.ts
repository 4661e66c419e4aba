import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { useDatabase } from '#db/testing/database.ts'
import { ADMIN } from '#db/testing/load.ts'
import { CalendarDefinition } from '#server/domain/calendar.ts'
import { workingDaysBetween } from '#server/domain/working-days.ts'
import { importDefinitions } from '#server/services/import-definitions.ts'
import { businessDaysOpen } from './exception-filter.ts'

const world = useDatabase()
const NORWAY = '{ kind: calendar, calendar: norway, pattern: months, timeZone: Europe/Oslo, holidays: { country: NO } }'

test('business days open are the working days of its calendar after the day it was opened, each day of two years', async () => {
  await importDefinitions(world.context, { yaml: NORWAY, actor: ADMIN })
  const told = async (calendar: string) =>
    world.db.execute<{ opened: string; days: number }>(sql`
      select opened::date::text as opened, ${businessDaysOpen('2026-11-20')} as days
      from generate_series('2025-01-01'::timestamp, '2026-12-31', interval '1 day') opened cross join lateral (select opened::date as opened_on, ${calendar}::text as calendar) e`)
  const norway = CalendarDefinition.parse({
    kind: 'calendar',
    calendar: 'norway',
    pattern: 'months',
    holidays: { country: 'NO' },
  })
  for (const [code, calendar] of [
    ['months', { ...norway, holidays: undefined }],
    ['norway', norway],
  ] as const) {
    const rows = await told(code)
    expect(rows).toHaveLength(730)
    for (const { opened, days } of rows) {
      const isLater = opened >= '2026-11-20'
      const counted = isLater ? 0 : workingDaysBetween(calendar, dayAfter(opened), '2026-11-20')
      expect(days, `${code} ${opened}`).toBe(counted)
    }
  }
  // Easter: four days of it and a weekend are no business days.
  expect((await told('norway')).find(({ opened }) => opened === '2026-04-01')!.days).toBeLessThan(
    (await told('months')).find(({ opened }) => opened === '2026-04-01')!.days,
  )
})

const dayAfter = (date: string) => new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
