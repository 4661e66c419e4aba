import type { ReactNode } from 'react'
import { counted } from '#app/routes/_console/words.ts'
import { Time } from '#app/ui/time.tsx'
import { RunLink } from './run-link.tsx'
import type { Screen } from './screen.ts'

/** One sentence: since when, and what became of it. */
export function stateSentence({ exception, scope }: Screen): ReactNode {
  const { closedAt, closedByRunId, age, owner } = exception
  if (closedAt === null) return `There for ${counted(age, 'business day')}, owned by ${owner}.`
  return (
    <>
      Closed <Time at={closedAt} showZone />
      {closedByRunId === null ? (
        ', because it is expected no more.'
      ) : (
        <>
          {' '}
          by <RunLink runId={closedByRunId} scope={scope} />, in which the control that had opened it passed.
        </>
      )}
    </>
  )
}
