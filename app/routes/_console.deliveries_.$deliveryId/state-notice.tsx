import { paths } from '#app/paths.ts'
import { deliveryAdvice } from '#app/routes/_console/delivery-words.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Time } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

/** What stands in the way, and what to do. */
export function StateNotice({ screen: { delivery, exceptions, scope } }: { screen: Screen }) {
  const { status, failureDetail, dueAt, compensatedBy, waitsFor } = delivery
  const advice = deliveryAdvice(delivery)
  return (
    <>
      {compensatedBy !== null && (
        <Notice kind="attention" title={`Publication ${delivery.publication} was rolled back`}>
          <Link href={paths.delivery(compensatedBy, scope)} className="link">
            Delivery {compensatedBy}
          </Link>{' '}
          makes this one good at the target.
        </Notice>
      )}
      {advice && status !== 'pending' && (
        <Notice kind={status === 'waiting' ? 'attention' : 'broken'} title={advice}>
          {failureDetail && <p className="mono wrap-anywhere">{failureDetail}</p>}
          {status === 'waiting' && waitsFor === null && (
            <p>
              Tried again at <Time at={dueAt} seconds showZone />.
            </p>
          )}
          {exceptions.length > 0 && (
            <p className="flex flex-wrap gap-x-3">
              {exceptions.map(({ exceptionId, title }) => (
                <Link key={exceptionId} href={paths.exception(exceptionId, scope)} className="link">
                  Exception {exceptionId}: {title}
                </Link>
              ))}
            </p>
          )}
        </Notice>
      )}
    </>
  )
}
