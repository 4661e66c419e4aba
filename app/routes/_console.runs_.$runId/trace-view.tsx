import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Cell, HeadCell, Table } from '#app/ui/table.tsx'
import { formatDuration, Time } from '#app/ui/time.tsx'
import { hasEnded } from '#server/domain/run.ts'
import type { TraceAttempt, TraceRow } from '#server/domain/trace.ts'
import type { Screen } from './screen.ts'

/** Where the time went. Each attempt on its own clock, all to one scale, so that a replay can be held against its original. */
export function TraceView({ screen }: { screen: Screen }) {
  const { trace, run, scope } = screen
  if (!trace) return null
  const { attempts, showsStatements, isCut } = trace
  const whole = Math.max(1, ...attempts.map(({ ms }) => ms))
  const other = paths.run(run.runId, { ...scope, view: 'trace', ...(!showsStatements && { spans: 'all' }) })
  return (
    <Section
      title="Where the time went"
      note={attempts.length > 1 ? 'All attempts and replays to the same scale.' : undefined}
      actions={
        attempts.length > 0 && (
          <Link href={other} keepScroll className="link">
            {showsStatements ? 'Leave out the statements' : 'Show the statements'}
          </Link>
        )
      }
    >
      {attempts.length === 0 && (
        <EmptyState title="No trace was kept">
          {hasEnded(run.status)
            ? 'Traces are kept for a while and then swept; this one is gone, or telemetry was switched off when it ran.'
            : 'It appears as soon as the first stage has ended.'}
        </EmptyState>
      )}
      {isCut && <p className="text-ink-3">The trace is longer than is shown here.</p>}
      {attempts.map((attempt) => (
        <Attempt key={`${attempt.runId} ${attempt.attempt}`} screen={screen} attempt={attempt} whole={whole} />
      ))}
    </Section>
  )
}

function Attempt({ screen, attempt, whole }: { screen: Screen; attempt: TraceAttempt; whole: number }) {
  const { run, scope } = screen
  const isHere = attempt.runId === run.runId
  const root = attempt.rows.find(({ kind }) => kind === 'run')
  return (
    <div className="trace" data-here={isHere}>
      <Table
        captionShown
        caption={
          <>
            {isHere ? (
              `Run ${attempt.runId}, this run`
            ) : (
              <RunLink runId={attempt.runId} href={paths.run(attempt.runId, { ...scope, view: 'trace' })} />
            )}
            {` · ${kindOf(root, attempt, run.runId)}attempt ${attempt.attempt} · ${endOf(root)} · ${formatDuration(attempt.ms)} · `}
            <Time at={new Date(attempt.startedMs).toISOString()} seconds />
          </>
        }
      >
        <thead>
          <tr>
            <HeadCell>What</HeadCell>
            <HeadCell hidden>When, as a bar</HeadCell>
            <HeadCell align="number">Began after</HeadCell>
            <HeadCell align="number">Took</HeadCell>
          </tr>
        </thead>
        <tbody>
          {attempt.rows.map((row) => (
            <Span key={row.spanId} row={row} whole={whole} />
          ))}
        </tbody>
      </Table>
    </div>
  )
}

const RunLink = ({ runId, href }: { runId: number; href: string }) => (
  <Link href={href} className="link">
    Run {runId}
  </Link>
)

function Span({ row, whole }: { row: TraceRow; whole: number }) {
  const text = row.attributes['db.query.text']
  return (
    <tr data-error={row.isError || undefined}>
      <Cell head>
        <span
          className="trace-name"
          style={{ paddingInlineStart: `${row.depth * 16}px` }}
          title={typeof text === 'string' ? text : undefined}
        >
          <span className={row.kind === 'statement' ? 'mono text-ink-2' : undefined}>{nameOf(row)}</span>
          {row.isError && <span className="trace-failed">failed</span>}
          {row.statements && (
            <span className="text-ink-3">
              {counted(row.statements.count, 'statement')}, {formatDuration(row.statements.ms)}
            </span>
          )}
        </span>
      </Cell>
      <td className="trace-plot">
        <svg aria-hidden="true" role="presentation" preserveAspectRatio="none" viewBox="0 0 1000 16">
          <rect
            x={(row.offsetMs / whole) * 1000}
            y="3"
            // What took no time is still to be seen.
            width={Math.max((row.ms / whole) * 1000, 1.5)}
            height="10"
            data-kind={row.kind}
            data-error={row.isError || undefined}
          />
        </svg>
      </td>
      <Cell align="number">{formatDuration(row.offsetMs)}</Cell>
      <Cell align="number">{formatDuration(row.ms)}</Cell>
    </tr>
  )
}

const STAGE_WORDS: Readonly<Record<string, string>> = {
  extract: 'Extract',
  validate: 'Validate',
  load: 'Load',
  prove: 'Prove',
  publish: 'Publish',
}

function nameOf({ kind, name, attributes }: TraceRow): string {
  if (kind === 'run') return 'The whole attempt'
  if (kind === 'stage') return STAGE_WORDS[`${attributes['tower.stage']}`] ?? name
  if (kind === 'call') return `${attributes['tower.system']} ${attributes['tower.call']}`
  return name
}

function kindOf(root: TraceRow | undefined, { runId }: TraceAttempt, here: number): string {
  if (root?.attributes['tower.preview'] === true) return 'preview of a replay · '
  if (root?.attributes['tower.trigger'] === 'replay') return 'replay · '
  return runId === here ? '' : 'original · '
}

function endOf(root: TraceRow | undefined): string {
  const outcome = root?.attributes['tower.outcome']
  if (outcome === undefined) return 'going on, or broken off'
  return outcome === 'waiting' ? 'failed, tried again later' : `${outcome}`
}
