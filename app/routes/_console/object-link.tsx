import { paths } from '#app/paths.ts'
import { Link } from '#app/ui/navigation.tsx'

type Props = { objectType: string; objectId: string }

/** The object of an event, as a link where it has a screen. */
export function ObjectLink({ objectType, objectId }: Props) {
  const href = hrefOf(objectType, objectId)
  const words = (
    <>
      {objectType.replaceAll('_', ' ')} <span className="mono">{objectId}</span>
    </>
  )
  return href ? (
    <Link href={href} className="link">
      {words}
    </Link>
  ) : (
    <span>{words}</span>
  )
}

function hrefOf(objectType: string, objectId: string): string | null {
  if (objectType === 'run') return paths.run(objectId)
  if (objectType === 'delivery') return paths.delivery(objectId)
  if (objectType === 'job') return paths.job(objectId)
  if (objectType === 'exception') return paths.exception(objectId)
  if (objectType === 'replay') return paths.replay(objectId)
  if (objectType === 'correction') return paths.correction(objectId)
  if (objectType === 'system') return paths.system(objectId)
  if (objectType === 'person') return paths.person(objectId)
  if (objectType === 'calendar') return paths.calendar(objectId)
  if (objectType === 'classification_rule') return paths.settings({ view: 'classification' })
  if (objectType !== 'period') return null
  const [entity, period] = objectId.split(' ')
  return paths.periods({ ...(entity && { entity }), ...(period && { period }) })
}
