import { data, type MetaFunction } from '@remix-run/node'
import { useLoaderData } from '@remix-run/react'
import { Upload } from 'lucide-react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { JobsSearch } from '#app/.server/jobs-search.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readText, readUpload } from '#app/.server/upload.ts'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { paths } from '#app/paths.ts'
import { useAnswer } from '#app/routes/_console/use-answer.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FilterBar } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { mayDo, type Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { JOB_STATES, type JobState } from '#server/domain/job-state.ts'
import { readJobs } from '#app/.server/reads.ts'
import { ImportDialog } from './import-dialog.tsx'
import { JobsTable } from './jobs-table.tsx'

const Search = JobsSearch.extend({ do: z.enum(['import']).optional() })
const ImportForm = z.object({})
const YAML_BYTES_MAX = 1_000_000
/** Some of what a file may hold; each document of it is asked for again. */
const mayImport = (actor: Actor) => mayDo(actor, 'importJob') || mayDo(actor, 'importReconciliation')

export const loader = guarded('jobs:read', async ({ url, services, actor, scope }) => {
  const search = readSearch(url, Search)
  const view = await readJobs(services.context.db, search, actor.entityScope, services.context.now())
  const reason = mayImport(actor) ? null : `Your role, ${ROLE_WORDS[actor.role]}, does not change jobs.`
  return { ...view, search, reason, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const action = guarded('jobs:read', ({ request, services, actor }) =>
  readUpload(request, ImportForm, async ({ name, bytes }) => {
    // Before its problems are listed: what is in a file is no business of who may not import it.
    if (!mayImport(actor)) throw new Refusal('not_allowed', 'importing jobs')
    const imported = await services.importDefinitions({ yaml: await readText(bytes, YAML_BYTES_MAX), actor })
    return data({ imported, file: name })
  }),
)

export const meta: MetaFunction = () => [{ title: 'Jobs · Finance Control Tower' }]

export default function Jobs() {
  const { jobs, counts, choices, search, reason, scope, isLive, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const answer = useAnswer<typeof action>()
  const done = answer && 'imported' in answer ? answer : null
  useLive(isLive)
  const { state: _, do: __, ...others } = search
  return (
    <>
      <PageHeader
        title="Jobs"
        state={stateOf(counts)}
        actions={
          <>
            <ButtonLink href={paths.feeds(scope)}>Expected feeds</ButtonLink>
            {reason ? (
              <Button icon={Upload} disabledReason={reason} reasonAlign="end">
                Import jobs from YAML
              </Button>
            ) : (
              <ButtonLink href={paths.jobs({ ...scope, do: 'import' })} icon={Upload} keepScroll>
                Import jobs from YAML
              </ButtonLink>
            )}
          </>
        }
      />
      {done && <Imported file={done.file} imported={done.imported} />}
      <Tabs
        label="How jobs stand"
        tabs={[
          { href: paths.jobs({ ...scope, ...others }), label: 'All', current: !search.state, count: counts.all },
          ...JOB_STATES.map((state) => ({
            href: paths.jobs({ ...scope, ...others, state }),
            label: STATE_WORDS[state],
            current: search.state === state,
            count: counts[state],
          })),
        ]}
      />
      <FilterBar
        action={paths.jobs()}
        keep={{ ...scope, asOf: scope.asOf?.toString(), state: search.state }}
        filters={[
          {
            kind: 'select',
            name: 'system',
            label: 'System',
            value: search.system ?? '',
            options: [{ value: '', label: 'All' }, ...choices.systems.map(({ code, name }) => ({ value: code, label: name }))],
          },
          { kind: 'select', name: 'owner', label: 'Owner', value: search.owner ?? '', options: optionsOf(choices.owners) },
          {
            kind: 'select',
            name: 'process',
            label: 'Process at risk',
            value: search.process ?? '',
            options: optionsOf(choices.processes),
          },
        ]}
      />
      <JobsTable
        jobs={jobs}
        scope={scope}
        now={computedAt}
        empty={
          counts.all > 0 ? (
            <EmptyState
              title="No job matches these filters"
              actions={<ButtonLink href={paths.jobs(scope)}>Show all jobs</ButtonLink>}
            >
              A job that is not here has another state, system, owner or process.
            </EmptyState>
          ) : (
            <EmptyState
              title="There is no job yet"
              actions={!reason && <ButtonLink href={paths.jobs({ ...scope, do: 'import' })}>Import jobs from YAML</ButtonLink>}
            >
              A job says where figures come from, how they map and what is checked before they count.
            </EmptyState>
          )
        }
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={jobs.length} rowsAre="jobs" />
        }
      />
      {search.do === 'import' && !done && <ImportDialog reason={reason} scope={scope} />}
    </>
  )
}

const STATE_WORDS: Record<JobState, string> = { paused: 'Paused', late: 'Late', failed: 'Held or failed' }
const optionsOf = (values: readonly string[]) => [
  { value: '', label: 'All' },
  ...values.map((value) => ({ value, label: value })),
]

function stateOf({ all, paused, late, failed }: Readonly<Record<JobState | 'all', number>>): string {
  const parts = [
    failed > 0 && `the latest run of ${failed} was held or failed`,
    late > 0 && `${late} ${late === 1 ? 'is' : 'are'} late`,
    paused > 0 && `${paused} ${paused === 1 ? 'is' : 'are'} paused`,
  ].filter(Boolean)
  return `${counted(all, 'job')}${parts.length > 0 ? `: ${parts.join(', ')}.` : '. All are in time, and the latest run of each ended well.'}`
}

type ImportedOne = {
  readonly kind: string
  readonly name: string
  readonly version: number | null
  readonly change: string
  readonly proposal?: { readonly proposalId: number } | undefined
}

const CHANGE_WORDS: Readonly<Record<string, string>> = { new: 'is new', changed: 'was changed', unchanged: 'is as it was' }

function Imported({ file, imported }: { file: string; imported: readonly ImportedOne[] }) {
  return (
    <Notice kind="success" title={`${file} was imported: ${counted(imported.length, 'definition')}`}>
      <ul>
        {imported.map(({ kind, name, version, change, proposal }) => (
          <li key={`${kind} ${name}`}>
            {kind}{' '}
            {kind === 'job' ? (
              <Link href={paths.job(name)} className="link mono">
                {name}
              </Link>
            ) : (
              <span className="mono">{name}</span>
            )}{' '}
            {proposal ? (
              <>
                loosens control and waits:{' '}
                <Link href={paths.definitionProposal(proposal.proposalId)} className="link">
                  proposal {proposal.proposalId}
                </Link>
              </>
            ) : (
              (CHANGE_WORDS[change] ?? change)
            )}
            {version !== null && `, version ${version}`}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
