import { CircleAlert, CircleCheck } from 'lucide-react'
import type { InstallationView } from '#app/.server/reads.ts'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import { paths } from '#app/paths.ts'
import { DataTable } from '#app/ui/data-table.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Age, Time } from '#app/ui/time.tsx'

export function Installation({ installation, now }: { installation: InstallationView; now: string }) {
  const { version, node, postgres, database, bytes, migrations, migratedAt, lastTickAt, lastTickBy, ticksToday } = installation
  return (
    <>
      <KeyValue
        columns={2}
        items={[
          { key: 'Version', value: version },
          { key: 'Node', value: node },
          { key: 'PostgreSQL', value: postgres },
          { key: 'Database', value: `${database}, ${byteWords(bytes)}` },
          {
            key: 'Migrations',
            value: (
              <>
                {migrations} applied
                {migratedAt && (
                  <>
                    , the newest of <Time at={migratedAt} showZone />
                  </>
                )}
              </>
            ),
          },
          {
            key: 'Scheduler',
            value: lastTickAt ? (
              <>
                {counted(ticksToday, 'due time')} decided in 24 hours, the last <Age from={lastTickAt} now={now} /> ago by{' '}
                {lastTickBy}
              </>
            ) : (
              'no due time was decided yet'
            ),
          },
        ]}
      />
      <Section title="Workers" note="Each says every few seconds that it lives">
        <DataTable
          caption="Workers"
          rows={installation.workers}
          rowKey={({ workerId }) => workerId}
          columns={[
            { key: 'what', head: 'Worker', cell: ({ description }) => description },
            { key: 'id', head: 'Id', fit: true, cell: ({ workerId }) => <span className="mono">{workerId.slice(0, 8)}</span> },
            { key: 'since', head: 'Started', fit: true, cell: ({ startedAt }) => <Time at={startedAt} seconds /> },
            {
              key: 'seen',
              head: 'Last heard of',
              fit: true,
              cell: ({ seenAt, isSilent }) => (
                <span className="flex items-center gap-1.5">
                  {isSilent ? (
                    <CircleAlert className="icon text-attention" aria-hidden />
                  ) : (
                    <CircleCheck className="icon" aria-hidden />
                  )}
                  <Time at={seenAt} seconds />
                  {isSilent && ' silent'}
                </span>
              ),
            },
            { key: 'runs', head: 'Runs in hand', align: 'number', fit: true, cell: ({ runs }) => runs },
          ]}
          empty={
            <EmptyState title="No worker is registered">
              Runs wait until one is: npm start brings its own worker along.
            </EmptyState>
          }
        />
      </Section>
      <Section title="Settings" note="Which are set for this process; the others stand at their defaults">
        <DataTable
          caption="Settings of this process"
          rows={installation.settings}
          rowKey={({ name }) => name}
          columns={[
            { key: 'name', head: 'Environment variable', fit: true, cell: ({ name }) => <span className="mono">{name}</span> },
            {
              key: 'set',
              head: 'State',
              cell: ({ isSet }) => (isSet ? 'set' : <span className="text-ink-3">left to its default</span>),
            },
          ]}
          empty={null}
        />
      </Section>
      <Section title="Credentials of connections" note="Named by jobs; their values are nowhere shown or stored">
        <DataTable
          caption="Credentials"
          rows={installation.credentials}
          rowKey={({ name }) => name}
          columns={[
            { key: 'name', head: 'Environment variable', fit: true, cell: ({ name }) => <span className="mono">{name}</span> },
            {
              key: 'set',
              head: 'State',
              fit: true,
              cell: ({ isSet }) => (isSet ? 'set' : <span className="text-attention">not set for this process</span>),
            },
            {
              key: 'jobs',
              head: 'Jobs',
              wrap: true,
              cell: ({ jobs }) =>
                jobs.map((job, index) => (
                  <span key={job}>
                    {index > 0 && ', '}
                    <Link href={paths.job(job)} className="link mono">
                      {job}
                    </Link>
                  </span>
                )),
            },
          ]}
          empty={<EmptyState title="No job names a credential">Jobs that ask over HTTP name one with tokenFrom.</EmptyState>}
        />
      </Section>
    </>
  )
}
