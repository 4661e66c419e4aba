import { data, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react'
import { Upload } from 'lucide-react'
import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { readText, readUpload } from '#app/.server/upload.ts'
import { Count } from '#app/components/amount.tsx'
import { FigureFooter } from '#app/components/figure-footer.tsx'
import { RunStatusBadge } from '#app/components/run-status-badge.tsx'
import { paths } from '#app/paths.ts'
import { sourceWords, targetWords } from '#app/routes/_console/job-words.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { useLive } from '#app/routes/_console/use-live.ts'
import { refusalIn } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import { Age } from '#app/ui/time.tsx'
import { mayDo } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { readJobs } from '#app/.server/reads.ts'

const Search = z.object({ do: z.enum(['import']).optional() })
const ImportForm = z.object({})
const YAML_BYTES_MAX = 1_000_000

export const loader = guarded('jobs:read', async ({ url, services, actor, scope }) => {
  const search = readSearch(url, Search)
  const view = await readJobs(services.context.db, actor.entityScope, services.context.now())
  const reason = mayDo(actor, 'importJob') ? null : `Your role, ${ROLE_WORDS[actor.role]}, does not change jobs.`
  return { ...view, search, reason, scope: scopeOf(scope), asOfPublication: scope.publication }
})

export const action = guarded('jobs:read', ({ request, services, actor }) =>
  readUpload(request, ImportForm, async ({ name, bytes }) => {
    // Before its problems are listed: what is in a file is no business of who may not import it.
    if (!mayDo(actor, 'importJob')) throw new Refusal('not_allowed', 'importing jobs')
    const imported = await services.importDefinitions({ yaml: await readText(bytes, YAML_BYTES_MAX), actor })
    return data({ imported, file: name })
  }),
)

export const meta: MetaFunction = () => [{ title: 'Jobs · Finance Control Tower' }]

export default function Jobs() {
  const { jobs, search, reason, scope, isLive, computedAt, asOfPublication } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const done = answer && 'imported' in answer ? answer : null
  useLive(isLive)
  const failing = jobs.filter(({ lastStatus }) => lastStatus === 'failed' || lastStatus === 'held').length
  return (
    <>
      <PageHeader
        title="Jobs"
        state={`${counted(jobs.length, 'job')}. ${failing === 0 ? 'The latest run of each ended well.' : `The latest run of ${failing} was held or failed.`}`}
        actions={
          reason ? (
            <Button icon={Upload} disabledReason={reason} reasonAlign="end">
              Import jobs from YAML
            </Button>
          ) : (
            <ButtonLink href={paths.jobs({ ...scope, do: 'import' })} icon={Upload} keepScroll>
              Import jobs from YAML
            </ButtonLink>
          )
        }
      />
      {done && <Imported file={done.file} imported={done.imported} />}
      <DataTable
        caption="Jobs by name"
        rows={jobs}
        rowKey={({ job }) => job}
        href={({ job }) => paths.job(job, scope)}
        columns={[
          {
            key: 'job',
            head: 'Job',
            wrap: true,
            cell: ({ job, definition }) => (
              <>
                {definition.title}
                <span className="mono block font-normal text-ink-3">{job}</span>
              </>
            ),
          },
          {
            key: 'from',
            head: 'From',
            wrap: true,
            cell: ({ definition }) => (
              <>
                {definition.system.name}
                <span className="block text-ink-3">{sourceWords(definition)}</span>
              </>
            ),
          },
          { key: 'to', head: 'To', fit: true, cell: ({ definition }) => targetWords(definition) },
          {
            key: 'owner',
            head: 'Owner and process at risk',
            cell: ({ definition: { owner, process } }) => (
              <span className="grid">
                {owner}
                {process && <span className="text-ink-3">{process}</span>}
              </span>
            ),
          },
          {
            key: 'last',
            head: 'Latest run',
            fit: true,
            cell: ({ lastRunId, lastStatus, lastAt }) =>
              lastRunId === null || lastStatus === null ? (
                <span className="text-ink-3">never ran</span>
              ) : (
                <span className="inline-flex items-center gap-2">
                  <Link href={paths.run(lastRunId, scope)} className="link">
                    {lastRunId}
                  </Link>
                  <RunStatusBadge status={lastStatus} />
                  {lastAt && (
                    <span className="text-ink-3">
                      <Age from={lastAt} now={computedAt} />
                    </span>
                  )}
                </span>
              ),
          },
          {
            key: 'open',
            head: 'Exceptions',
            align: 'number',
            cell: ({ openExceptions, job }) =>
              openExceptions === 0 ? (
                <Count value={0} />
              ) : (
                <Link href={paths.exceptions({ ...scope, job })} className="link-quiet">
                  <Count value={openExceptions} />
                </Link>
              ),
          },
        ]}
        empty={
          <EmptyState
            title="There is no job yet"
            actions={!reason && <ButtonLink href={paths.jobs({ ...scope, do: 'import' })}>Import jobs from YAML</ButtonLink>}
          >
            A job says where figures come from, how they map and what is checked before they count.
          </EmptyState>
        }
        footer={
          <FigureFooter asOfPublication={asOfPublication || null} computedAt={computedAt} rows={jobs.length} rowsAre="jobs" />
        }
      />
      {search.do === 'import' && !done && <ImportDialog reason={reason} />}
    </>
  )
}

type ImportedOne = { readonly kind: string; readonly name: string; readonly version: number | null; readonly change: string }

const CHANGE_WORDS: Readonly<Record<string, string>> = { new: 'is new', changed: 'was changed', unchanged: 'is as it was' }

function Imported({ file, imported }: { file: string; imported: readonly ImportedOne[] }) {
  return (
    <Notice kind="success" title={`${file} was imported: ${counted(imported.length, 'definition')}`}>
      <ul>
        {imported.map(({ kind, name, version, change }) => (
          <li key={`${kind} ${name}`}>
            {kind}{' '}
            {kind === 'job' ? (
              <Link href={paths.job(name)} className="link mono">
                {name}
              </Link>
            ) : (
              <span className="mono">{name}</span>
            )}{' '}
            {CHANGE_WORDS[change] ?? change}
            {version !== null && `, version ${version}`}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** Every problem of the file at once, so that it is put right in one go. */
function ImportDialog({ reason }: { reason: string | null }) {
  const { scope } = useLoaderData<typeof loader>()
  const refusal = refusalIn(useActionData())
  const isSending = useNavigation().formMethod === 'POST'
  const problems = (refusal?.message ?? '').split(': ').slice(1).join(': ').split('; ').filter(Boolean)
  const closeHref = paths.jobs(scope)
  return (
    <Form method="post" encType="multipart/form-data" preventScrollReset>
      <Dialog
        title="Import jobs from YAML"
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason} reasonAlign="end">
              Check and import
            </Button>
          </>
        }
      >
        {refusal && (
          <Notice
            kind="broken"
            title={problems.length > 1 ? `Nothing was imported: ${counted(problems.length, 'problem')}` : 'Nothing was imported'}
          >
            {problems.length > 0 ? (
              <ul className="list-disc ps-4">
                {problems.map((problem) => (
                  <li key={problem} className="wrap-anywhere">
                    {inWords(problem)}
                  </li>
                ))}
              </ul>
            ) : (
              (refusal.message ?? refusal.errorId)
            )}
          </Notice>
        )}
        <p>
          One file may hold any number of jobs and calendars. A definition that differs from the one that stands becomes its next
          version; runs that are done keep the version they ran with.
        </p>
        <FileDrop label="File" name="file" required accept=".yaml,.yml,text/yaml" takes="YAML, up to 1 MB" />
      </Dialog>
    </Form>
  )
}

/** What the schema says of types and options, for people who write YAML and not TypeScript. */
const inWords = (problem: string): string =>
  problem
    .replace(
      /Invalid option: expected one of (.+)$/,
      (_, options: string) => `use one of ${options.replaceAll('"', '').replaceAll('|', ', ')}`,
    )
    .replace(/Invalid input: expected (\w+), received undefined$/, 'is missing')
    .replace(/Invalid input: expected string, received \w+$/, 'write it as text, in quotes')
    .replace(/Invalid input: expected (\w+), received (\w+)$/, 'must be $1, not $2')
