import { isRouteErrorResponse, useRouteError, useRouteLoaderData } from '@remix-run/react'
import { answerTo, type ErrorAnswer } from '#app/ui/error-answer.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { ErrorState } from '#app/ui/error-state.tsx'
import { paths } from '#app/paths.ts'

/** The body of every ErrorBoundary: a sentence, whether the data is safe, what to do, an id to quote. Never a stack. */
export function RouteError() {
  const error = useRouteError()
  const root = useRouteLoaderData('root') as { correlationId?: string | null } | undefined
  const status = isRouteErrorResponse(error) ? error.status : 500
  const told = isRouteErrorResponse(error) ? errorAnswerIn(error.data) : {}
  const { title, safety, advice } = answerTo(status, told)
  return (
    <ErrorState
      asPage
      title={title}
      safety={safety}
      advice={advice}
      errorId={told.errorId ?? (status >= 500 ? root?.correlationId : null)}
      actions={<ButtonLink href={paths.tower()}>Go to the tower</ButtonLink>}
    />
  )
}

function errorAnswerIn(data: unknown): ErrorAnswer {
  return typeof data === 'object' && data !== null ? data : {}
}
