import { paths } from '#app/paths.ts'
import { AtStake } from '#app/routes/_console/at-stake.tsx'
import { counted } from '#app/routes/_console/words.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { ByRun, JobLinks, RunLink } from './run-link.tsx'
import type { Screen } from './screen.ts'

type Part = { readonly screen: Pick<Screen, 'exception' | 'title' | 'scope'> }

/** What it is about, and since when. */
export const Facts = ({ screen }: Part) => (
  <div className="grid grid-cols-1 items-start gap-x-10 gap-y-6 min-[1200px]:grid-cols-2">
    <About screen={screen} />
    <When screen={screen} />
  </div>
)

function About({ screen: { exception, title, scope } }: Part) {
  const { failureClass, entities, code } = exception
  const isDrift = code === 'member_drift'
  const thing = isDrift ? 'member' : failureClass === 'business' ? 'record' : failureClass === 'control' ? 'claim' : 'time'
  return (
    <Section title="The exception">
      <KeyValue
        items={[
          {
            key: failureClass === 'control' ? 'Stated minus found' : 'At stake',
            value: (
              <span className="inline-block">
                <AtStake
                  amounts={exception.amounts}
                  isRedacted={exception.isRedacted}
                  control={failureClass === 'control' ? { measure: exception.subject.measure } : null}
                />
              </span>
            ),
          },
          { key: 'Occurrences', value: counted(exception.occurrences, thing) },
          {
            key: 'Entities',
            value:
              entities.length > 0 ? <span className="mono">{entities.join(', ')}</span> : isDrift ? 'all' : 'the job as a whole',
          },
          {
            key: exception.subject.jobs ? 'Jobs it stopped' : 'Job',
            value: exception.subject.jobs ? (
              <JobLinks names={exception.subject.jobs.split(', ')} scope={scope} />
            ) : (
              <>
                <Link href={paths.job(exception.job)} className="link mono">
                  {exception.job}
                </Link>{' '}
                · {title}
              </>
            ),
          },
          { key: 'Owner', value: exception.owner },
        ]}
      />
    </Section>
  )
}

function When({ screen: { exception, scope } }: Part) {
  const { openedAt, openedRunId, lastSeenAt, lastRunId, closedAt, closedByRunId } = exception
  return (
    <Section title="When">
      <KeyValue
        items={[
          {
            key: 'Opened',
            value: (
              <>
                <Time at={openedAt} showZone /> <ByRun runId={openedRunId} scope={scope} />
              </>
            ),
          },
          {
            key: 'Last seen',
            value: (
              <>
                <Time at={lastSeenAt} showZone /> <ByRun runId={lastRunId} scope={scope} />
              </>
            ),
          },
          {
            key: 'Closed',
            value:
              closedAt === null ? (
                'still open'
              ) : (
                <>
                  <Time at={closedAt} showZone />
                  {closedByRunId !== null && (
                    <>
                      , proof: <RunLink runId={closedByRunId} scope={scope} />
                    </>
                  )}
                </>
              ),
          },
        ]}
      />
    </Section>
  )
}
