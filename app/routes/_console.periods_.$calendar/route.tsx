import type { MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { z } from 'zod'
import { readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readCalendar } from '#app/.server/reads.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { paths } from '#app/paths.ts'
import { holidayWords, patternWords, weekendWords } from '#app/routes/_console/calendar-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Breadcrumb } from '#app/ui/breadcrumb.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { PageHeader, Section } from '#app/ui/page-header.tsx'
import { BusinessDate, formatBusinessDate, Time } from '#app/ui/time.tsx'

const Params = z.object({ calendar: z.string().max(64) })
const Search = z.object({
  year: z
    .string()
    .regex(/^\d{4}$/, 'A year has four digits')
    .transform((text) => Number.parseInt(text, 10))
    .optional(),
})

export const loader = guarded('periods:read', async ({ params, url, services: { context }, actor, scope }) => {
  const { calendar } = readParams(params, Params)
  const { year } = readSearch(url, Search)
  const view = await readCalendar(context.db, { code: calendar, year, scope: actor.entityScope }, context.now())
  return { ...view, scope: scopeOf(scope) }
})

export const meta: MetaFunction<typeof loader> = ({ data }) => [
  { title: `${data ? `Calendar ${data.calendar.calendar}` : 'Calendar'} · Finance Control Tower` },
]

export default function Calendar() {
  const { calendar, entities, year, periods, earlierYear, laterYear, scope, computedAt } = useLoaderData<typeof loader>()
  const { timeZone } = calendar
  const now = periods.find(({ isNow }) => isNow)
  return (
    <>
      <PageHeader
        breadcrumb={
          <Breadcrumb crumbs={[{ label: 'Calendars and periods', href: paths.periods(scope) }, { label: calendar.calendar }]} />
        }
        title={`Calendar ${calendar.calendar}`}
        state={`${patternWords(calendar)}.${now ? ` It is period ${now.period}, until ${formatBusinessDate(now.endsOn)} ${calendar.cutOff} ${timeZone}.` : ''}`}
      />
      <KeyValue
        columns={2}
        items={[
          { key: 'Pattern', value: patternWords(calendar) },
          { key: 'Time zone', value: timeZone },
          { key: 'Cut-off', value: `${calendar.cutOff}: what comes later on a day counts for the next` },
          { key: 'Weekend', value: weekendWords(calendar) },
          { key: 'Holidays', value: holidayWords(calendar) },
          { key: 'Known from and to', value: `fiscal ${calendar.firstYear} to ${calendar.lastYear}` },
          {
            key: 'Entities',
            value:
              entities.length === 0
                ? 'none you may see'
                : entities.map(({ entity, name }, index) => (
                    <span key={entity}>
                      {index > 0 && ', '}
                      <Link href={paths.periods({ entity })} className="link mono" title={name ?? undefined}>
                        {entity}
                      </Link>
                    </span>
                  )),
          },
        ]}
      />
      <Section
        title={`Fiscal year ${year}`}
        note={counted(
          periods.reduce((n, { workingDays }) => n + workingDays, 0),
          'working day',
        )}
        actions={
          <span className="flex gap-2">
            <YearLink code={calendar.calendar} to={earlierYear} label="Year before" none="The calendar begins here." />
            <YearLink code={calendar.calendar} to={laterYear} label="Year after" none="The calendar ends here." />
          </span>
        }
      >
        <DataTable
          caption={`Periods of ${year}`}
          rows={periods}
          rowKey={({ period }) => period}
          href={({ period }) => paths.periods({ period })}
          selectedKey={now?.period ?? null}
          columns={[
            {
              key: 'period',
              head: 'Period',
              fit: true,
              cell: ({ period, isNow }) => (
                <>
                  <span className="period">{period}</span>
                  {isNow && <span className="now-mark ms-2">now</span>}
                </>
              ),
            },
            { key: 'from', head: 'From', fit: true, cell: ({ startsOn }) => <BusinessDate on={startsOn} /> },
            { key: 'to', head: 'To', fit: true, cell: ({ endsOn }) => <BusinessDate on={endsOn} /> },
            {
              key: 'days',
              head: 'Days',
              align: 'number',
              fit: true,
              cell: ({ startsOn, endsOn }) => daysBetween(startsOn, endsOn),
            },
            { key: 'working', head: 'Working days', align: 'number', fit: true, cell: ({ workingDays }) => workingDays },
            {
              key: 'local',
              head: `Cut-off, ${timeZone}`,
              fit: true,
              cell: ({ cutOffAt }) => <Time at={cutOffAt} zone={timeZone} />,
            },
            { key: 'utc', head: 'Cut-off, UTC', fit: true, cell: ({ cutOffAt }) => <Time at={cutOffAt} /> },
            {
              key: 'holidays',
              head: 'Holidays on working days',
              wrap: true,
              cell: ({ holidays }) =>
                holidays.length === 0 ? (
                  <span className="text-ink-3">none</span>
                ) : (
                  holidays.map(({ on, name }) => `${formatBusinessDate(on).slice(0, -5)} ${name}`).join(', ')
                ),
            },
          ]}
          empty={null}
          footer={
            <p className="figure-foot">
              <span>
                Computed <Time at={computedAt} seconds showZone />
              </span>
              <span>{counted(periods.length, 'period')}</span>
            </p>
          }
        />
      </Section>
    </>
  )
}

function YearLink({ code, to, label, none }: { code: string; to: number | null; label: string; none: string }) {
  if (to === null)
    return (
      <Button size="small" disabledReason={none} reasonAlign="end">
        {label}
      </Button>
    )
  return (
    <ButtonLink size="small" href={paths.calendar(code, { year: to })} keepScroll>
      {label}
    </ButtonLink>
  )
}

const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
