import { Form, useNavigation } from '@remix-run/react'
import { PlugZap } from 'lucide-react'
import type { Figures, JobSource } from '#app/.server/reads.ts'
import { paths, type SystemSearch } from '#app/paths.ts'
import { callColumns } from '#app/routes/_console/call-figures.tsx'
import { HealthBadge } from '#app/routes/_console/connection-words.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Row = JobSource & { readonly figures: Figures }
type Props = { system: string; jobs: readonly Row[]; view: SystemSearch; reason: string | null; now: string }

/** What each job asks of the system, where, with which credential, and how that went in the window. */
export function JobsTable({ system, jobs, view, reason, now }: Props) {
  const columns = callColumns<Row>({
    figuresOf: ({ figures }) => figures,
    systemOf: () => system,
    viewOf: ({ job }) => ({ ...view, job }),
    now,
  })
  return (
    <Section title="Jobs and where they ask">
      <DataTable
        caption="Jobs of this system"
        rows={jobs}
        rowKey={({ job }) => job}
        href={({ job }) => paths.job(job)}
        columns={[
          {
            key: 'job',
            head: 'Job',
            cell: ({ job, title, isPaused }) => (
              <span className="grid max-w-[26ch] min-w-[18ch] py-1" title={title}>
                <span className="mono truncate">{job}</span>
                <span className="truncate font-normal text-ink-3">{isPaused ? 'paused' : title}</span>
              </span>
            ),
          },
          { key: 'source', head: 'Source', cell: (row) => <Source {...row} /> },
          {
            key: 'health',
            head: 'Health',
            fit: true,
            cell: ({ figures, type }) => <HealthBadge health={figures.health} isFiles={type === 'file'} />,
          },
          ...columns.filter(({ key }) => key !== 'speed'),
          { key: 'test', head: 'Test', headHidden: true, fit: true, cell: (row) => <Test row={row} reason={reason} /> },
        ]}
        empty={null}
      />
    </Section>
  )
}

const SOURCE_WORDS = { http: 'HTTP', folder: 'Watched folder', file: 'Files people load' } as const

function Source({ type, address, credential }: Row) {
  return (
    <span className="grid max-w-[36ch] min-w-[26ch] py-1 2xl:max-w-[70ch]">
      <span className="truncate" title={address ?? undefined}>
        {SOURCE_WORDS[type]} {address && <span className="mono text-ink-2">{address}</span>}
      </span>
      {credential && (
        <span className={credential.isSet ? 'meta truncate' : 'truncate text-attention'}>
          credential <span className="mono">{credential.name}</span> {credential.isSet ? 'is set' : 'is not set here'}
        </span>
      )}
    </span>
  )
}

function Test({ row: { job, type }, reason }: { row: Row; reason: string | null }) {
  const { formMethod, formData } = useNavigation()
  const against = type === 'file' ? 'People bring the files of this job, so there is nothing to ask.' : reason
  return (
    <Form method="post" preventScrollReset>
      <input type="hidden" name="intent" value="test" />
      <input type="hidden" name="job" value={job} />
      <Button
        type="submit"
        size="small"
        icon={PlugZap}
        pending={formMethod === 'POST' && formData?.get('job') === job}
        disabledReason={against}
        reasonAlign="end"
      >
        Test<span className="visually-hidden"> the connection of {job}</span>
      </Button>
    </Form>
  )
}
