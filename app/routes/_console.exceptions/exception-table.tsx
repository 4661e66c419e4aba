import type { ReactNode } from 'react'
import type { ShownException } from '#app/.server/reads.ts'
import { Count } from '#app/components/amount.tsx'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { dueWords } from '#app/routes/_console/due-words.ts'
import { exceptionTitle } from '#app/routes/_console/exception-title.ts'
import { SEVERITY_WORDS, STATE_WORDS, TEAM_WORDS } from '#app/routes/_console/triage-words.ts'
import { counted } from '#app/routes/_console/words.ts'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { formatAge, formatBusinessDate, formatInstant, Time } from '#app/ui/time.tsx'
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
      cell: ({ title, job, process, previousExceptionId, proposal, notes, heldRuns }) => (
        <span className="grid">
          {exceptionTitle(title)}
          <span className="font-normal text-ink-3">{[job, process].filter(Boolean).join(' · ')}</span>
          <Marks regressed={previousExceptionId !== null} proposed={proposal?.ending} notes={notes} held={heldRuns.length} />
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
    { key: 'entities', head: 'Entities', fit: true, cell: ({ entities }) => <Entities codes={entities} /> },
    {
      key: 'severity',
      head: 'Severity and due',
      fit: true,
      cell: (row) => (
        <span className="grid">
          {SEVERITY_WORDS[row.severity]}
          {row.closedAt === null && <Due row={row} />}
        </span>
      ),
    },
    {
      key: 'age',
      head: state === 'open' ? 'Open for' : 'Opened',
      fit: true,
      cell: ({ age, openedAt, lastSeenAt, closedAt }) =>
        closedAt === null ? (
          <span className="grid">
            <span title={`${formatInstant(openedAt)} UTC`}>{counted(age, 'business day')}</span>
            <span className="text-ink-3" title={`${formatInstant(lastSeenAt)} UTC`}>
              {seenWords(lastSeenAt, now)}
            </span>
          </span>
        ) : (
          <Time at={openedAt} />
        ),
    },
    ...(state === 'open' ? [] : [CLOSED]),
    {
      key: 'owner',
      head: 'Who has it',
      fit: true,
      cell: ({ assignee, team, state: work, waivedUntil, closedAt }) => (
        <span className="grid">
          {assignee ?? TEAM_WORDS[team]}
          {closedAt === null && (
            <span className="text-ink-3">
              {STATE_WORDS[work]}
              {waivedUntil !== null && ` until ${formatBusinessDate(waivedUntil)}`}
            </span>
          )}
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

const seenWords = (at: string, now: string): string => {
  const age = formatAge(at, now)
  return age === 'now' ? 'seen just now' : `seen ${age} ago`
}

/** In business days of its calendar, as on its own page. */
function Due({ row }: { row: ShownException }) {
  const { dueAt, timeZone, isLate } = row
  return (
    <time
      dateTime={dueAt}
      title={`${formatInstant(dueAt, timeZone)} ${timeZone}`}
      className={isLate ? 'text-attention' : 'text-ink-3'}
    >
      {dueWords(row)}
    </time>
  )
}

type MarksProps = { regressed: boolean; proposed: string | undefined; notes: number; held: number }

function Marks({ regressed, proposed, notes, held }: MarksProps) {
  const words = [
    held > 0 && `holds ${counted(held, 'load')}`,
    regressed && 'came back after it was fixed',
    proposed && 'an ending waits for a second person',
    notes > 0 && counted(notes, 'note'),
  ].filter(Boolean)
  return words.length > 0 && <span className="font-normal text-ink-2">{words.join(' · ')}</span>
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
