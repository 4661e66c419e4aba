import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

type Effect = NonNullable<Screen['effect']>

/** What reopening lets happen. No figure moves by it; what is let in moves them, and supersedes what stands on them. */
export function EffectOfReopening({ effect, entity, period }: { effect: Effect; entity: string; period: string }) {
  const { certifications, heldBack, runs, jobs, due } = effect
  const held = runs.filter(({ status }) => status === 'held')
  return (
    <dl className="grid gap-2" data-effect>
      <Part
        title={
          certifications.length === 0
            ? 'No certification stands on it.'
            : `${counted(certifications.length, 'certification')} ${certifications.length === 1 ? 'stands' : 'stand'} on it. Each is superseded as soon as a line under it moves:`
        }
      >
        {certifications.map(({ certificationId, reconciliationId, title, certifiedAt }) => (
          <li key={certificationId}>
            <Link href={paths.certification(reconciliationId, certificationId)} className="link">
              {title}
            </Link>{' '}
            <span className="text-ink-3">
              certified <Time at={certifiedAt} />
            </span>
          </li>
        ))}
      </Part>
      <Part
        title={heldBack.length === 0 ? 'Nothing was held back by it.' : 'Held back because it is closed, and let in by a replay:'}
      >
        {heldBack.map(({ currency, records, amount }) => (
          <li key={currency}>
            <Link href={paths.exceptions({ entity, period, class: 'business', code: 'period_closed' })} className="link">
              {counted(records, 'record')}, <Amount value={amount} currency={currency} withCurrency inline />
            </Link>
          </li>
        ))}
      </Part>
      <Part title={held.length === 0 ? 'No load with something of it is held.' : 'Loads with something of it that are held:'}>
        {held.map(({ runId, job }) => (
          <li key={runId}>
            <Link href={paths.run(runId)} className="link">
              Run {runId}
            </Link>{' '}
            <span className="text-ink-3">of {job}</span>
          </li>
        ))}
      </Part>
      <Part
        title={
          jobs.length === 0 ? 'No job has brought anything of it.' : `${counted(jobs.length, 'job')} can bring lines into it:`
        }
      >
        {jobs.map(({ job, title, isPaused }) => (
          <li key={job}>
            <Link href={paths.job(job)} className="link">
              {title}
            </Link>
            {isPaused && <span className="text-ink-3"> paused</span>}
            <NextDue due={due} job={job} />
          </li>
        ))}
      </Part>
    </dl>
  )
}

function Part({ title, children }: { title: string; children: readonly ReactNode[] }) {
  return (
    <div>
      <dt className="font-strong">{title}</dt>
      {children.length > 0 && (
        <dd>
          <ul className="ms-4 list-disc leading-6">{children}</ul>
        </dd>
      )}
    </div>
  )
}

function NextDue({ due, job }: { due: Effect['due']; job: string }) {
  const next = due.find((one) => one.job === job)
  if (!next) return null
  return (
    <span className="text-ink-3">
      {' '}
      expected next <Time at={next.expectedBy} showZone />
    </span>
  )
}
