import { Fragment } from 'react'
import { paths, type Scope } from '#app/paths.ts'
import { TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { DueBadge, SeverityBadge } from './badges.tsx'
import { RunLink } from './run-link.tsx'
import { nameOf, type Screen } from './screen.ts'

/** Who has it, by when, why they, and what waits for them. */
export function Standing({ screen }: { screen: Screen }) {
  const { exception, case: asked, process, unsigned, scope } = screen
  const { severity, assignee, team, routedBy, age, heldRuns, closedAt, dueAt, previousExceptionId } = exception
  const isOpen = closedAt === null
  return (
    <KeyValue
      columns={2}
      items={[
        {
          key: 'Severity',
          value: (
            <span className="inline-flex flex-wrap gap-1.5">
              <SeverityBadge severity={severity} />
              {isOpen ? (
                <DueBadge screen={screen} />
              ) : (
                <span className="text-ink-3">
                  was due <Time at={dueAt} zone={asked.timeZone} showZone />
                </span>
              )}
            </span>
          ),
        },
        {
          key: 'Who has it',
          value: (
            <>
              {assignee ? <span title={assignee}>{nameOf(screen, assignee)}</span> : 'nobody'}
              <span className="text-ink-3"> · {TEAM_WORDS[team]}</span>
            </>
          ),
        },
        { key: 'Routed', value: routedBy ? `by the rule “${routedBy}”` : 'by its class: no rule matched' },
        {
          key: 'Age',
          value: (
            <>
              {counted(age, 'business day')} <CalendarOf calendar={asked.calendar} />
            </>
          ),
        },
        { key: 'At risk', value: process || 'no process is named by its job' },
        {
          key: 'Held behind it',
          value: heldRuns.length === 0 ? 'no load' : <HeldRuns runIds={heldRuns} scope={scope} />,
        },
        ...(unsigned.length === 0
          ? []
          : [{ key: 'Waits to be signed', value: <UnsignedOnes unsigned={unsigned} scope={scope} /> }]),
        ...(previousExceptionId === null
          ? []
          : [
              {
                key: 'Regressed',
                value: (
                  <>
                    it was fixed before, as{' '}
                    <Link href={paths.exception(previousExceptionId, scope)} className="link">
                      exception {previousExceptionId}
                    </Link>
                  </>
                ),
              },
            ]),
      ]}
    />
  )
}

const CalendarOf = ({ calendar }: { calendar: string }) => (
  <span className="text-ink-3">
    by the calendar{' '}
    <Link href={paths.calendar(calendar)} className="link">
      {calendar}
    </Link>
  </span>
)

const UNSIGNED_SHOWN = 5

const UnsignedOnes = ({ unsigned, scope }: { unsigned: Screen['unsigned']; scope: Scope }) => (
  <span className="grid">
    {unsigned.slice(0, UNSIGNED_SHOWN).map(({ reconciliationId, title }) => (
      <Link
        key={reconciliationId}
        href={paths.reconciliation(reconciliationId, { ...scope, bucket: 'rejected' })}
        className="link"
      >
        {title}
      </Link>
    ))}
    {unsigned.length > UNSIGNED_SHOWN && <span className="text-ink-3">and {unsigned.length - UNSIGNED_SHOWN} more</span>}
  </span>
)

const HeldRuns = ({ runIds, scope }: { runIds: readonly number[]; scope: Scope }) =>
  runIds.map((runId, index) => (
    <Fragment key={runId}>
      {index > 0 && ', '}
      <RunLink runId={runId} scope={scope} />
    </Fragment>
  ))
