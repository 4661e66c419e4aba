import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { reasonWords } from '#app/routes/_console/reason-words.ts'
import { TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import { BUSINESS_RULES, type BusinessCode } from '#server/domain/rules/catalogue.ts'
import type { RunStatus, RunTrigger } from '#server/domain/run.ts'

type Reason = {
  readonly code: string
  readonly field: string
  readonly value: string
  readonly detail: string
  readonly exceptionId: number | null
  readonly replacedByRunId: number | null
}
type Verdict =
  | { readonly kind: 'rejected'; readonly rejectedId: number; readonly reasons: readonly Reason[] }
  | { readonly kind: 'repeat'; readonly outcome: 'unchanged' | 'duplicate'; readonly lineId: number | null }
  | { readonly kind: 'line'; readonly publication: number; readonly lineId: number; readonly supersededAtPub: number | null }
  | {
      readonly kind: 'member'
      readonly code: string
      readonly name: string
      readonly loadedAtPub: number | null
      readonly supersededAtPub: number | null
    }
type Reader = {
  readonly runId: number
  readonly job: string
  readonly jobVersion: number
  readonly status: RunStatus
  readonly trigger: RunTrigger
  readonly isPreview: boolean
  readonly publication: number | null
  readonly name: string
  readonly queuedAt: string
  readonly verdicts: readonly Verdict[]
}

export function ReadersTable({
  readers,
  withVerdicts,
  scope,
}: {
  readers: readonly Reader[]
  withVerdicts: boolean
  scope: Scope
}) {
  return (
    <DataTable
      caption={withVerdicts ? 'Verdict of each run' : 'Runs that read the artifact'}
      rows={readers}
      rowKey={({ runId, name }) => `${runId} ${name}`}
      href={({ runId }) => paths.run(runId, scope)}
      columns={[
        { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => `Run ${runId}` },
        {
          key: 'status',
          head: 'Status',
          fit: true,
          cell: ({ status, isPreview }) => (isPreview ? <Badge tone="past">Preview</Badge> : <RunStatusBadge status={status} />),
        },
        {
          key: 'job',
          head: 'Job',
          fit: true,
          cell: ({ job, jobVersion }) => (
            <span>
              <span className="mono">{job}</span> <span className="text-ink-3">version {jobVersion}</span>
            </span>
          ),
        },
        { key: 'trigger', head: 'Trigger', fit: true, cell: ({ trigger }) => TRIGGER_WORDS[trigger] },
        { key: 'at', head: 'Asked for', fit: true, cell: ({ queuedAt }) => <Time at={queuedAt} /> },
        ...(withVerdicts
          ? [
              {
                key: 'verdict',
                head: 'Verdict',
                wrap: true,
                cell: (reader: Reader) => <Verdicts reader={reader} scope={scope} />,
              },
            ]
          : [{ key: 'name', head: 'Came as', cell: ({ name }: Reader) => name }]),
      ]}
      empty={null}
    />
  )
}

function Verdicts({ reader: { verdicts, status, isPreview }, scope }: { reader: Reader; scope: Scope }) {
  if (isPreview) return <span className="text-ink-3">A rehearsal: nothing was kept of it.</span>
  if (verdicts.length === 0) return <span className="text-ink-2">{WITHOUT_VERDICT[status]}</span>
  return (
    <div className="grid gap-2 py-1">
      {verdicts.map((verdict) => (
        <VerdictWords key={`${verdict.kind} ${'lineId' in verdict ? verdict.lineId : ''}`} verdict={verdict} scope={scope} />
      ))}
    </div>
  )
}

/** What a run that named the record nowhere made of it. */
const WITHOUT_VERDICT: Record<RunStatus, string> = {
  blocked: 'Not judged yet: the run waits for other jobs.',
  queued: 'Not judged yet.',
  running: 'Being judged.',
  waiting: 'Not judged yet: the run is tried again.',
  succeeded: 'Not taken: the job of that run is not about this kind of record.',
  held: 'Accepted, but the whole load is held: nothing of it is published.',
  failed: 'Not judged: the run failed before.',
  cancelled: 'Not judged: the run was cancelled.',
  rehearsed: 'A rehearsal: nothing was kept of it.',
}

function VerdictWords({ verdict, scope }: { verdict: Verdict; scope: Scope }) {
  if (verdict.kind === 'rejected') return <Rejected rejectedId={verdict.rejectedId} reasons={verdict.reasons} scope={scope} />
  if (verdict.kind === 'repeat') {
    return (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="fine">{verdict.outcome === 'unchanged' ? 'Unchanged' : 'Duplicate'}</Badge>
        <span>
          {verdict.outcome === 'unchanged'
            ? 'It says what is current already.'
            : 'The same record came twice in this load; it counts once.'}
        </span>
        {verdict.lineId !== null && (
          <Link href={paths.line(verdict.lineId, scope)} className="link">
            The line it equals
          </Link>
        )}
      </span>
    )
  }
  const ended = verdict.supersededAtPub
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="fine">Accepted</Badge>
      {verdict.kind === 'line' ? (
        <Link href={paths.line(verdict.lineId, scope)} className="link">
          The line it became
        </Link>
      ) : (
        <span>
          <span className="mono">{verdict.code}</span> {verdict.name}
        </span>
      )}
      {verdict.kind === 'member' && verdict.loadedAtPub === null && <span className="text-ink-3">not published</span>}
      {ended !== null && <span className="text-ink-3">until publication {ended}</span>}
    </span>
  )
}

function Rejected({ rejectedId, reasons, scope }: { rejectedId: number; reasons: readonly Reason[]; scope: Scope }) {
  const stands = reasons.some(({ replacedByRunId }) => replacedByRunId === null)
  return (
    <div className="grid gap-1">
      <span>
        <Badge tone={stands ? 'attention' : 'past'}>{stands ? 'Rejected, waits' : 'Rejected, judged again since'}</Badge>{' '}
        {stands && (
          <Link href={paths.correctionNew({ ...scope, record: rejectedId })} className="link">
            Correct this record
          </Link>
        )}
      </span>
      <ul className="grid gap-2">
        {reasons.map((reason) => {
          const rule = reason.code in BUSINESS_RULES ? BUSINESS_RULES[reason.code as BusinessCode] : null
          return (
            <li key={`${reason.code} ${reason.field} ${reason.value}`}>
              <p className="font-strong">{reasonWords(reason)}</p>
              {rule && <p className="text-ink-2">{rule.action}</p>}
              <p className="flex flex-wrap gap-x-3">
                {reason.exceptionId !== null && (
                  <Link href={paths.exception(reason.exceptionId, scope)} className="link">
                    Exception {reason.exceptionId}
                  </Link>
                )}
                {reason.replacedByRunId !== null && (
                  <Link href={paths.run(reason.replacedByRunId, scope)} className="link">
                    Judged again by run {reason.replacedByRunId}
                  </Link>
                )}
              </p>
              <Disclosure summary="Technical words">
                <p className="text-ink-2">
                  <span className="mono">{reason.code}</span>
                  {reason.field && (
                    <>
                      {' '}
                      · field <span className="mono">{reason.field}</span>
                    </>
                  )}
                  {reason.value && (
                    <>
                      {' '}
                      · value <span className="mono">{reason.value}</span>
                    </>
                  )}
                </p>
                {reason.detail && <p className="text-ink-2">{reason.detail}</p>}
                {rule && <p className="text-ink-2">{rule.technical}</p>}
              </Disclosure>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
