import { paths, type SystemSearch } from '#app/paths.ts'
import { outcomeWords } from '#app/routes/_console/connection-words.tsx'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Pagination } from '#app/ui/pagination.tsx'
import { formatDuration, Time } from '#app/ui/time.tsx'
import { TECHNICAL_FAILURES } from '#server/domain/errors.ts'

type Call = {
  readonly callId: number
  readonly at: string
  readonly job: string
  readonly runId: number | null
  readonly deliveryId: number | null
  readonly attempt: number | null
  readonly name: string
  readonly outcome: string
  readonly ms: number
  readonly bytes: number
  readonly retryAfterMs: number | null
}
type Props = {
  system: string
  view: SystemSearch
  jobs: readonly string[]
  calls: readonly Call[]
  hasNewer: boolean
  hasOlder: boolean
  from: string
  until: string
}

/** Failures a source can have; those of files are found when they are read, not when they are asked for. */
const OUTCOMES = Object.keys(TECHNICAL_FAILURES).filter((code) => /^(source|target|credential)_/.test(code))

export function CallsTable({ system, view, jobs, calls, hasNewer, hasOlder, from, until }: Props) {
  const { job, outcome, slower, ...rest } = view
  const [first, last] = [calls[0], calls.at(-1)]
  const isFiltered = Boolean(job || outcome || slower !== undefined)
  const all = { value: '', label: 'All' }
  // A page of the past must not begin anew with every step: the window ends where it ended.
  const held: SystemSearch = { ...view, until }
  return (
    <Section title="Calls" note="Each request to the system, newest first">
      <div id="calls" className="scroll-mt-16">
        <FilterBar
          action={paths.system(system)}
          keep={{ window: rest.window, until: rest.until, entity: rest.entity, period: rest.period, version: rest.version }}
          filters={[
            {
              kind: 'select',
              name: 'outcome',
              label: 'Outcome',
              value: outcome ?? '',
              options: [
                all,
                { value: 'ok', label: 'Answered' },
                { value: 'failed', label: 'Failed' },
                { value: 'throttled', label: 'Throttled' },
                ...OUTCOMES.map((value) => ({ value, label: outcomeWords(value) })),
              ],
            },
            {
              kind: 'select',
              name: 'job',
              label: 'Job',
              value: job ?? '',
              options: [all, ...jobs.map((value) => ({ value, label: value }))],
            },
            { kind: 'text', name: 'slower', label: 'At least ms', value: slower?.toString() ?? '', placeholder: '500' },
          ]}
        />
      </div>
      <DataTable
        caption="Calls of this system"
        rows={calls}
        rowKey={({ callId }) => `${callId}`}
        columns={[
          { key: 'at', head: 'When', fit: true, cell: ({ at }) => <Time at={at} seconds /> },
          { key: 'outcome', head: 'Outcome', fit: true, cell: (call) => <Outcome call={call} /> },
          { key: 'ms', head: 'Took', align: 'number', fit: true, cell: ({ ms }) => formatDuration(ms) },
          { key: 'bytes', head: 'Size', align: 'number', fit: true, cell: ({ bytes }) => byteWords(bytes) },
          {
            key: 'run',
            head: 'For',
            fit: true,
            cell: (call) => <For call={call} />,
          },
          {
            key: 'name',
            head: 'Asked for, by job',
            wrap: true,
            cell: ({ name, job: asking }) => (
              <span className="grid min-w-[30ch]">
                <span className="mono line-clamp-2 wrap-anywhere" title={name}>
                  {name}
                </span>
                <span className="mono text-ink-3">{asking}</span>
              </span>
            ),
          },
        ]}
        empty={
          <EmptyState
            title={isFiltered ? 'No call matches these filters' : 'Nothing was asked of this system in the window'}
            actions={
              <ButtonLink href={paths.system(system, isFiltered ? rest : { window: '30d' })}>
                {isFiltered ? 'Show all calls of the window' : 'Look at the last 30 days'}
              </ButtonLink>
            }
          >
            A call is recorded whenever a run asks its source, a delivery its target, and whenever a connection is tested.
          </EmptyState>
        }
        footer={
          <p className="figure-foot">
            <span>
              Calls from <Time at={from} seconds /> to <Time at={until} seconds showZone />
            </span>
            <span>{counted(calls.length, 'call')} on this page</span>
          </p>
        }
        pages={
          <Pagination
            newerHref={hasNewer && first ? `${paths.system(system, { ...held, after: `${first.callId}` })}#calls` : null}
            olderHref={hasOlder && last ? `${paths.system(system, { ...held, before: `${last.callId}` })}#calls` : null}
          />
        }
      />
    </Section>
  )
}

function For({ call: { runId, deliveryId, attempt } }: { call: Call }) {
  const again = attempt !== null && attempt > 1 && `, attempt ${attempt}`
  if (deliveryId !== null)
    return (
      <Link href={paths.delivery(deliveryId)} className="link">
        delivery {deliveryId}
        {again}
      </Link>
    )
  if (runId === null) return <span className="text-ink-2">connection test</span>
  return (
    <Link href={paths.run(runId)} className="link">
      run {runId}
      {again}
    </Link>
  )
}

function Outcome({ call: { outcome, retryAfterMs } }: { call: Call }) {
  if (outcome === 'ok') return <span className="text-ink-2">Answered</span>
  return (
    <span className="text-broken" title={outcome}>
      {outcomeWords(outcome)}
      {retryAfterMs !== null && <span className="text-ink-2">, wait {formatDuration(retryAfterMs)}</span>}
    </span>
  )
}
