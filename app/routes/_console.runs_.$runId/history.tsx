import type { ReactNode } from 'react'
import type { AttemptRow, DeliveryRow, RelatedRun } from '#app/.server/reads.ts'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { DownloadLink } from '#app/routes/_console/download-link.tsx'
import { durationOf } from '#app/routes/_console/run-times.ts'
import { byteWords, counted, TRIGGER_WORDS } from '#app/routes/_console/words.ts'
import { CopyButton } from '#app/ui/copy-button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Duration, Time } from '#app/ui/time.tsx'
import { TECHNICAL_FAILURES, type TechnicalCode } from '#server/domain/errors.ts'
import type { Screen } from './screen.ts'

/** The input as received. A replay starts here. */
export function Deliveries({ screen: { run, deliveries, mayDownload } }: { screen: Screen }) {
  const bytes = deliveries.reduce((sum, { byteCount }) => sum + byteCount, 0)
  return (
    <div id="deliveries">
      <Section
        title="Input, as received"
        note={
          deliveries.length > 0
            ? `${counted(deliveries.length, 'artifact')}, ${byteWords(bytes)}. Kept once, never edited.`
            : undefined
        }
      >
        <DataTable
          caption="Artifacts in source order"
          rows={deliveries}
          rowKey={({ seq }) => `${seq}`}
          columns={[
            {
              key: 'name',
              head: 'Name',
              wrap: true,
              cell: ({ name, artifactId }) => (
                <Link href={paths.artifact(artifactId)} className="link">
                  {name}
                </Link>
              ),
            },
            { key: 'bytes', head: 'Bytes', align: 'number', cell: ({ byteCount }) => byteCount.toLocaleString('en') },
            { key: 'sha', head: 'SHA-256', cell: ({ sha256 }) => <Hash sha256={sha256} /> },
            { key: 'at', head: 'Received', fit: true, cell: ({ receivedAt }) => <Time at={receivedAt} seconds /> },
            {
              key: 'get',
              head: 'Original',
              fit: true,
              cell: (row) => <Original row={row} runId={run.runId} mayDownload={mayDownload} />,
            },
          ]}
          empty={<p className="py-3 text-ink-3">Nothing was received yet.</p>}
        />
      </Section>
    </div>
  )
}

const Hash = ({ sha256 }: { sha256: string }) => (
  <span className="inline-flex items-center gap-1">
    <span className="mono" title={sha256}>
      {sha256.slice(0, 16)}…
    </span>
    <CopyButton text={sha256} label="Copy SHA-256" iconOnly />
  </span>
)

function Original({ row, runId, mayDownload }: { row: DeliveryRow; runId: number; mayDownload: boolean }) {
  if (!mayDownload) return <span className="text-ink-3">It holds entities outside your scope</span>
  return (
    <DownloadLink href={paths.runDelivery(runId, row.artifactId)} size="small">
      Download
    </DownloadLink>
  )
}

export function Facts({ screen: { run, scope } }: { screen: Screen }) {
  const isOldVersion = run.jobVersion < run.jobVersionNow
  return (
    <KeyValue
      columns={2}
      items={[
        {
          key: 'Job',
          value: (
            <Link href={paths.job(run.job, scope)} className="link mono">
              {run.job}
            </Link>
          ),
        },
        {
          key: 'System',
          value: (
            <Link href={paths.system(run.system.code)} className="link">
              {run.system.name}
            </Link>
          ),
        },
        {
          key: 'Job version',
          value: isOldVersion ? `${run.jobVersion}; the job now stands at ${run.jobVersionNow}` : run.jobVersion,
        },
        { key: 'Process at risk', value: run.process || null },
        { key: 'Owner', value: run.owner },
        { key: 'Began by', value: `${TRIGGER_WORDS[run.trigger]}, asked for by ${run.requestedBy}` },
        ...(run.reason ? [{ key: 'Reason', value: run.reason }] : []),
        ...(run.scheduledFor ? [{ key: 'Due', value: <Time at={run.scheduledFor} seconds showZone /> }] : []),
        { key: 'Asked for', value: <Time at={run.queuedAt} seconds showZone /> },
        { key: 'Started', value: run.startedAt && <Time at={run.startedAt} seconds showZone /> },
        { key: 'Ended', value: run.finishedAt && <Time at={run.finishedAt} seconds showZone /> },
        { key: 'Took', value: run.finishedAt && <Duration ms={durationOf(run, null)} /> },
        { key: 'Publication', value: run.publication ?? 'none' },
        { key: 'Mapping', value: run.mappingVersion ? `version ${run.mappingVersion}` : 'as the job has it' },
        { key: 'Reference data', value: run.asOfPublication === null ? null : `as of publication ${run.asOfPublication}` },
        {
          key: 'Correlation id',
          value: (
            <span className="inline-flex items-center gap-1">
              <span className="mono">{run.correlationId}</span>
              <CopyButton text={run.correlationId} label="Copy correlation id" iconOnly />
            </span>
          ),
        },
      ]}
    />
  )
}

/** The run it came from, and those that came from it. */
export function Relatives({ screen: { run, descendants, scope } }: { screen: Screen }) {
  if (run.originRunId === null && descendants.length === 0) return null
  return (
    <Section title="Related runs">
      {run.originRunId !== null && (
        <p>
          {run.trigger === 'rollback' ? 'Rolled back ' : 'Replays the input of '}
          <Link href={paths.run(run.originRunId, scope)} className="link">
            run {run.originRunId}
          </Link>
          .
        </p>
      )}
      {descendants.length > 0 && (
        <DataTable
          caption="Runs that came from this one"
          rows={descendants}
          rowKey={({ runId }) => `${runId}`}
          href={({ runId }) => paths.run(runId, scope)}
          columns={[
            { key: 'run', head: 'Run', fit: true, cell: ({ runId }) => runId },
            { key: 'what', head: 'What', fit: true, cell: whatItWas },
            { key: 'status', head: 'Status', fit: true, cell: ({ status }) => <RunStatusBadge status={status} /> },
            {
              key: 'sentence',
              head: 'What happened',
              wrap: true,
              cell: ({ sentence }) => <span className="text-ink-2">{sentence}</span>,
            },
          ]}
          empty={null}
        />
      )}
    </Section>
  )
}

const whatItWas = ({ isPreview, trigger, requestedBy }: RelatedRun) =>
  `${isPreview ? 'Preview' : TRIGGER_WORDS[trigger]} by ${requestedBy}`

export function Attempts({ attempts }: { attempts: readonly AttemptRow[] }) {
  return (
    <Section title="Attempts" note={attempts.length === 1 ? undefined : `${attempts.length.toLocaleString('en')} so far.`}>
      <DataTable
        caption="Attempts"
        rows={attempts}
        rowKey={({ attempt }) => `${attempt}`}
        columns={[
          { key: 'attempt', head: 'Attempt', fit: true, cell: ({ attempt }) => attempt },
          { key: 'started', head: 'Started', fit: true, cell: ({ startedAt }) => <Time at={startedAt} seconds /> },
          {
            key: 'took',
            head: 'Took',
            align: 'number',
            fit: true,
            cell: (row) => <Duration ms={durationOf({ startedAt: row.startedAt, finishedAt: row.endedAt }, null)} />,
          },
          { key: 'outcome', head: 'Outcome', fit: true, cell: ({ outcome }) => outcomeWords(outcome) },
          {
            key: 'class',
            head: 'Class',
            fit: true,
            cell: ({ failureClass }) => failureClass && <FailureClassBadge failureClass={failureClass} />,
          },
          { key: 'detail', head: 'Why', wrap: true, cell: (row) => <Why row={row} /> },
          { key: 'retry', head: 'Tried again at', fit: true, cell: ({ retryAt }) => retryAt && <Time at={retryAt} seconds /> },
        ]}
        empty={null}
      />
    </Section>
  )
}

const outcomeWords = (outcome: string | null) =>
  outcome === null ? 'going on' : outcome === 'lost' ? 'lost with its worker' : outcome

function Why({ row: { failureCode, failureDetail } }: { row: AttemptRow }): ReactNode {
  if (!failureCode) return null
  const title =
    failureCode in TECHNICAL_FAILURES ? TECHNICAL_FAILURES[failureCode as TechnicalCode].title : 'The reason is not known yet'
  return (
    <>
      {title} <span className="mono text-ink-3">{failureCode}</span>
      {failureDetail && <span className="block text-ink-3">{failureDetail}</span>}
    </>
  )
}
