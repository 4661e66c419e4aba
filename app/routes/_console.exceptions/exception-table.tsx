import type { ReactNode } from 'react'
import type { ShownException } from '#app/.server/reads.ts'
import { Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { dueWords, SEVERITY_WORDS, STATE_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { Age, formatBusinessDate, formatInstant, Time } from '#app/ui/time.tsx'
import { CHOSEN_FORM } from './act-bar.tsx'
import { OCCURRENCES, QUEUE_WORDS, type Queue, type State } from './queues.ts'

type ExceptionTableProps = {
  rows: readonly ShownException[]
  queue: Queue
  state: State
  order: 'release' | 'newest'
  scope: Scope
  now: string
  empty: ReactNode
  footer: ReactNode
  pages: ReactNode
}

const ENTITIES_SHOWN = 3

export function ExceptionTable({ rows, queue, state, order, scope, now, ...frame }: ExceptionTableProps) {
  return (
    <DataTable
      name="exceptions"
      caption={`${QUEUE_WORDS[queue]} exceptions, one row a cause, ${order === 'release' ? 'what releases most first' : 'newest first'}`}
      rows={rows}
      rowKey={({ exceptionId }) => `${exceptionId}`}
      href={({ exceptionId }) => paths.exception(exceptionId, scope)}
      select={{ name: 'chosen', form: CHOSEN_FORM, label: ({ title }) => `Choose: ${title}` }}
      columns={columnsOf(queue, state, now)}
      {...frame}
    />
  )
}

type Columns = readonly [Column<ShownException>, ...Column<ShownException>[]]

function columnsOf(queue: Queue, state: State, now: string): Columns {
  return [
    {
      key: 'title',
      head: 'Cause',
      wrap: true,
      cell: ({ title, previousExceptionId, proposal, notes }) => (
        <span className="grid">
          {exceptionTitle(title)}
          <Marks regressed={previousExceptionId !== null} proposed={proposal?.ending} notes={notes} />
        </span>
      ),
    },
    ...(queue === 'technical' ? [CLASS] : []),
    {
      key: 'amount',
      head: queue === 'control' ? 'Stated minus found' : 'At stake',
      align: 'number',
      cell: ({ amounts, isRedacted, subject }) => (
        <AtStake amounts={amounts} isRedacted={isRedacted} control={queue === 'control' ? { measure: subject.measure } : null} />
      ),
    },
    { key: 'occurrences', head: OCCURRENCES[queue], align: 'number', cell: ({ occurrences }) => <Count value={occurrences} /> },
    { key: 'held', head: 'Holds', fit: true, cell: ({ heldRuns }) => heldRuns.length > 0 && counted(heldRuns.length, 'load') },
    { key: 'entities', head: 'Entities', fit: true, cell: ({ entities }) => <Entities codes={entities} /> },
    {
      key: 'severity',
      head: 'Severity and due',
      fit: true,
      cell: ({ severity, dueAt, closedAt }) => (
        <span className="grid">
          {SEVERITY_WORDS[severity]}
          {closedAt === null && <Due at={dueAt} now={now} />}
        </span>
      ),
    },
    {
      key: 'age',
      head: state === 'open' ? 'Business days' : 'Opened',
      fit: true,
      cell: ({ age, openedAt, closedAt }) =>
        closedAt === null ? <span title={`${formatInstant(openedAt)} UTC`}>{counted(age, 'day')}</span> : <Time at={openedAt} />,
    },
    { key: 'seen', head: 'Last seen', fit: true, cell: ({ lastSeenAt }) => <Age from={lastSeenAt} now={now} /> },
    ...(state === 'open' ? [] : [CLOSED]),
    {
      key: 'owner',
      head: 'Who has it',
      fit: true,
      cell: ({ assignee, team, state: work, waivedUntil, closedAt }) => (
        <span className="grid">
          {assignee ?? `nobody of ${TEAM_WORDS[team]}`}
          {closedAt === null && (
            <span className="text-ink-3">
              {STATE_WORDS[work]}
              {waivedUntil !== null && ` until ${formatBusinessDate(waivedUntil)}`}
            </span>
          )}
        </span>
      ),
    },
    {
      key: 'job',
      head: 'Job and process',
      fit: true,
      cell: ({ job, process }) => (
        <span className="grid">
          <span className="mono">{job}</span>
          {process && <span className="text-ink-3">{process}</span>}
        </span>
      ),
    },
  ]
}

const CLASS: Column<ShownException> = {
  key: 'class',
  head: 'Class',
  fit: true,
  cell: ({ failureClass }) => <FailureClassBadge failureClass={failureClass} />,
}

const CLOSED: Column<ShownException> = {
  key: 'closed',
  head: 'Fixed',
  fit: true,
  cell: ({ closedAt, closedByRunId }) =>
    closedAt ? (
      <>
        <Time at={closedAt} />
        {closedByRunId !== null && ` by run ${closedByRunId}`}
      </>
    ) : (
      'not fixed'
    ),
}

function Due({ at, now }: { at: string; now: string }) {
  const { text, isLate } = dueWords(at, now)
  return (
    <time dateTime={at} title={`${formatInstant(at)} UTC`} className={isLate ? 'text-attention' : 'text-ink-3'}>
      {text}
    </time>
  )
}

function Marks({ regressed, proposed, notes }: { regressed: boolean; proposed: string | undefined; notes: number }) {
  const words = [
    regressed && 'came back after it was fixed',
    proposed && 'an ending waits for a second person',
    notes > 0 && counted(notes, 'note'),
  ].filter(Boolean)
  return words.length > 0 && <span className="text-ink-3">{words.join(' · ')}</span>
}

function Entities({ codes }: { codes: readonly string[] }) {
  const more = codes.length - ENTITIES_SHOWN
  return (
    <span className="mono" title={more > 0 ? codes.join(' ') : undefined}>
      {codes.slice(0, ENTITIES_SHOWN).join(' ')}
      {more > 0 && ` +${more}`}
    </span>
  )
}
