import { Form, useNavigation } from '@remix-run/react'
import { paths, type JobSearch } from '#app/paths.ts'
import { MISSED_WORDS, ruleWords } from '#app/routes/_console/schedule-words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Input, Select } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Time } from '#app/ui/time.tsx'
import { Intent, ReasonField, Refused, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import type { Screen } from './screen.ts'

const FORM = 'change-schedule'
const KINDS = { cron: 'At times of day', close: 'After or before a period end', none: 'Nothing starts it by itself' } as const

/**
 * Two steps in one dialog: what is entered is asked of the server, which answers with the next ten due times; only what was
 * shown can be decided for. Both work without a script.
 */
export function ScheduleDialog({ screen, refusal }: DialogPart<Screen>) {
  const { job, asked, dialog, reasons, scope, search } = screen
  const closeHref = paths.job(job.job, scope)
  const isSending = useNavigation().formMethod === 'POST'
  const problems = [...asked.problems, ...(dialog?.problems ?? [])]
  const isReady = asked.kind === 'none' || (asked.schedule !== null && problems.length === 0)
  const against = reasons.schedule ?? (isReady ? null : 'Show the next due times first: only what they say can be decided for.')
  return (
    <Dialog
      title={`Change the schedule of ${job.definition.title}`}
      size="wide"
      closeHref={closeHref}
      actions={
        <>
          <ButtonLink href={closeHref} keepScroll>
            Back
          </ButtonLink>
          <Button type="submit" form={FORM} kind="primary" pending={isSending} disabledReason={against} reasonAlign="end">
            Change the schedule
          </Button>
        </>
      }
    >
      <Refused refusal={refusal} />
      {reasons.schedule && <Notice kind="info" title={reasons.schedule} />}
      <Tabs
        label="Kind of schedule"
        tabs={(Object.keys(KINDS) as (keyof typeof KINDS)[]).map((kind) => ({
          href: paths.job(job.job, { ...scope, do: 'schedule', kind } satisfies JobSearch),
          label: KINDS[kind],
          current: asked.kind === kind,
        }))}
      />
      {asked.kind !== 'none' && <PreviewForm key={asked.kind} screen={screen} />}
      {problems.length > 0 && (
        <Notice kind="broken" title="This schedule cannot be used">
          {problems.join('; ')}
        </Notice>
      )}
      {asked.kind === 'none' && <p>It then runs when a person or a file asks for it. What is expected of it stays expected.</p>}
      {dialog && dialog.dueTimes.length > 0 && asked.schedule && (
        <DueTimes dueTimes={dialog.dueTimes} words={ruleWords(asked.schedule)} />
      )}
      <Form method="post" id={FORM} preventScrollReset className="grid gap-3">
        <Intent screen={screen} intent="schedule" />
        <input type="hidden" name="kind" value={asked.kind} />
        {Object.entries(asked.fields).map(
          ([name, value]) =>
            FIELDS[asked.kind].includes(name) &&
            value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
        )}
        <ReasonField refusal={search.do === 'schedule' ? refusal : null} />
      </Form>
    </Dialog>
  )
}

/** Which fields belong to which kind. */
const FIELDS: Record<keyof typeof KINDS, readonly string[]> = {
  cron: ['cron', 'timeZone', 'missed'],
  close: ['workingDay', 'at', 'calendar', 'timeZone', 'missed'],
  none: [],
}

function PreviewForm({ screen: { job, asked, dialog, scope } }: { screen: Screen }) {
  const { fields } = asked
  const isAsking = useNavigation().formMethod === 'GET'
  return (
    <Form method="get" preventScrollReset className="grid gap-3">
      {Object.entries({ ...scope, do: 'schedule', kind: asked.kind }).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {asked.kind === 'cron' ? (
        <Input
          label="Cron"
          name="cron"
          required
          defaultValue={fields.cron}
          hint="Minute, hour, day, month, weekday: 0 6 * * 1-5 is Monday to Friday at 06:00, */15 * * * * every 15 minutes."
        />
      ) : (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
          <Input
            label="Working day"
            name="workingDay"
            required
            inputMode="numeric"
            defaultValue={fields.workingDay}
            hint="2: the second after a period; -1: its last one."
          />
          <Input label="At" name="at" required defaultValue={fields.at} hint="A time like 06:00." />
          <Select
            label="Calendar"
            name="calendar"
            required
            defaultValue={fields.calendar}
            options={(dialog?.calendars ?? []).map((calendar) => ({ value: calendar, label: calendar }))}
            hint="Its weekends and holidays count."
          />
        </div>
      )}
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <Input
          label="Time zone"
          name="timeZone"
          required={asked.kind === 'cron'}
          defaultValue={fields.timeZone}
          hint={asked.kind === 'cron' ? 'Like Europe/Berlin.' : 'Like Europe/Berlin; left empty, the one of the calendar.'}
        />
        <Select
          label="A time missed while everything was down"
          name="missed"
          required
          defaultValue={fields.missed ?? 'once'}
          options={Object.entries(MISSED_WORDS).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <div>
        <Button type="submit" pending={isAsking}>
          Show the next ten due times
        </Button>
      </div>
      <p className="visually-hidden">of {job.job}</p>
    </Form>
  )
}

type Shown = { readonly at: string; readonly wall: string; readonly timeZone: string }

function DueTimes({ dueTimes, words }: { dueTimes: readonly Shown[]; words: string }) {
  return (
    <DataTable
      caption={`${words}: the next ${dueTimes.length} due times`}
      captionShown
      rows={dueTimes}
      rowKey={({ at }) => at}
      columns={[
        {
          key: 'local',
          head: `In ${dueTimes[0]?.timeZone}`,
          cell: ({ at, timeZone }) => <WeekdayTime at={at} zone={timeZone} />,
        },
        { key: 'utc', head: 'In UTC', cell: ({ at }) => <WeekdayTime at={at} zone="UTC" /> },
      ]}
      empty={null}
    />
  )
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const

function WeekdayTime({ at, zone }: { at: string; zone: string }) {
  return (
    <>
      <span className="text-ink-3">{weekdayIn(at, zone)}</span> <Time at={at} zone={zone} />
    </>
  )
}

/** By number, because names differ between the language data of servers and browsers. */
function weekdayIn(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(new Date(at))
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return WEEKDAYS[new Date(`${part('year')}-${part('month')}-${part('day')}T00:00:00Z`).getUTCDay()] ?? ''
}
