import { paths } from '#app/paths.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

export function Facts({ screen: { delivery, scope } }: { screen: Screen }) {
  const { job, runId, publication, system, systemName, target, compensates, compensatedBy, waitsFor, attempt } = delivery
  const other = (id: number | null) =>
    id === null ? (
      'none'
    ) : (
      <Link href={paths.delivery(id, scope)} className="link">
        delivery {id}
      </Link>
    )
  return (
    <KeyValue
      columns={2}
      items={[
        {
          key: 'Job',
          value: (
            <Link href={paths.job(job, scope)} className="link mono">
              {job}
            </Link>
          ),
        },
        {
          key: 'Target',
          value: (
            <>
              <Link href={paths.system(system)} className="link">
                {systemName}
              </Link>
              , which the job calls <span className="mono">{target}</span>
            </>
          ),
        },
        {
          key: 'Publication',
          value: (
            <>
              {publication} of{' '}
              <Link href={paths.run(runId, scope)} className="link">
                run {runId}
              </Link>
            </>
          ),
        },
        { key: 'Attempts', value: attempt },
        { key: 'Makes good', value: other(compensates) },
        { key: 'Made good by', value: other(compensatedBy) },
        { key: 'Waits for', value: other(waitsFor) },
        { key: 'Made', value: <Time at={delivery.createdAt} seconds showZone /> },
        { key: 'Started', value: delivery.startedAt && <Time at={delivery.startedAt} seconds showZone /> },
        { key: 'Ended', value: delivery.finishedAt && <Time at={delivery.finishedAt} seconds showZone /> },
        {
          key: 'Audit',
          value: (
            <Link href={paths.audit({ object: `delivery ${delivery.deliveryId}` })} className="link">
              Audit of this delivery
            </Link>
          ),
        },
      ]}
    />
  )
}
