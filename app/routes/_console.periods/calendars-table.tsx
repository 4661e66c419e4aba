import { paths } from '#app/paths.ts'
import { holidayWords, patternWords, weekendWords } from '#app/routes/_console/calendar-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Section } from '#app/ui/page-header.tsx'
import type { CalendarDefinition } from '#server/domain/calendar.ts'

type CalendarRow = { readonly calendar: CalendarDefinition; readonly entities: readonly string[]; readonly now: string }

export function CalendarsTable({ calendars }: { calendars: readonly CalendarRow[] }) {
  return (
    <Section title="Calendars" note="Definitions, imported like jobs; each opens its periods">
      <DataTable
        caption="Fiscal calendars"
        rows={calendars}
        rowKey={({ calendar }) => calendar.calendar}
        href={({ calendar }) => paths.calendar(calendar.calendar)}
        columns={[
          { key: 'code', head: 'Calendar', fit: true, cell: ({ calendar }) => <span className="mono">{calendar.calendar}</span> },
          { key: 'pattern', head: 'Pattern', wrap: true, cell: ({ calendar }) => patternWords(calendar) },
          { key: 'zone', head: 'Time zone', fit: true, cell: ({ calendar }) => calendar.timeZone },
          { key: 'cutOff', head: 'Cut-off', fit: true, cell: ({ calendar }) => calendar.cutOff },
          {
            key: 'days',
            head: 'No working days',
            wrap: true,
            cell: ({ calendar }) => `${weekendWords(calendar)}; ${holidayWords(calendar)}`,
          },
          {
            key: 'now',
            head: 'Now in',
            fit: true,
            cell: ({ now }) => (now ? <span className="period">{now}</span> : <span className="text-ink-3">n/a</span>),
          },
          {
            key: 'entities',
            head: 'Entities',
            fit: true,
            cell: ({ entities }) => <span title={entities.join(', ')}>{counted(entities.length, 'entity', 'entities')}</span>,
          },
        ]}
        empty={
          <EmptyState title="No calendar was imported">
            Entities go by calendar months of UTC until a calendar is imported with the jobs.
          </EmptyState>
        }
      />
    </Section>
  )
}
