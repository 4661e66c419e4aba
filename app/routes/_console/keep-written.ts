import type { ClientActionFunctionArgs } from '@remix-run/react'
import { isUnreachable, type ErrorAnswer } from '#app/ui/error-answer.ts'

const UNHEARD = {
  message: 'The tower cannot be reached',
  advice: 'What you wrote stays here: send it again in a moment. Where it was done after all, that changes nothing.',
} satisfies ErrorAnswer

/**
 * The action of a page in which somebody writes: where the tower does not answer, the page stays, and says it beside the form. With
 * the status of a failure, since after one the page is not asked for again; only an answer carries it to the router.
 */
export async function keepWritten({ serverAction }: ClientActionFunctionArgs) {
  try {
    return await serverAction()
  } catch (error) {
    if (isUnreachable(error)) return Response.json({ refused: UNHEARD }, { status: 503 })
    throw error
  }
}
