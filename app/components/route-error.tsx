import { isRouteErrorResponse, useLocation, useRevalidator, useRouteError, useRouteLoaderData } from '@remix-run/react'
import { useEffect } from 'react'
import { answerTo, isUnreachable, UNREACHABLE, type ErrorAnswer } from '#app/ui/error-answer.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { ErrorState } from '#app/ui/error-state.tsx'
import { paths } from '#app/paths.ts'

/** The body of every ErrorBoundary: a sentence, whether the data is safe, what to do, an id to quote. Never a stack. */
export function RouteError() {
  const error = useRouteError()
  const root = useRouteLoaderData('root') as { correlationId?: string | null } | undefined
  const status = isRouteErrorResponse(error) ? error.status : 500
  const told = isRouteErrorResponse(error) ? errorAnswerIn(error.data) : {}
  const isUnheard = isUnreachable(error)
  const isAway = isUnheard || status === NOT_READY
  const { title, safety, advice } = isUnheard ? UNREACHABLE : answerTo(status, told)
  const again = useComeBack(isAway)
  const { pathname, search } = useLocation()
  return (
    <ErrorState
      asPage
      title={title}
      safety={safety}
      advice={advice}
      errorId={isUnheard ? null : (told.errorId ?? (status >= 500 ? root?.correlationId : null))}
      actions={
        <>
          {isAway && <Button onClick={again}>Try again</Button>}
          {/* A view that was kept may name what is no filter any more, and opens by itself. */}
          {status === UNREADABLE && search !== '' && <ButtonLink href={pathname}>Open it without filters</ButtonLink>}
          <ButtonLink href={paths.tower()}>Go to the tower</ButtonLink>
        </>
      }
    />
  )
}

const UNREADABLE = 422
const NOT_READY = 503
const ASK_AGAIN_MS = 3_000

/** Asks for the page again until the tower answers. */
function useComeBack(isAway: boolean): () => void {
  const { revalidate } = useRevalidator()
  useEffect(() => {
    if (!isAway) return
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') revalidate()
    }, ASK_AGAIN_MS)
    return () => clearInterval(timer)
  }, [isAway, revalidate])
  return revalidate
}

function errorAnswerIn(data: unknown): ErrorAnswer {
  return typeof data === 'object' && data !== null ? data : {}
}
