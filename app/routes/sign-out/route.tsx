import { redirect, type ActionFunctionArgs } from '@remix-run/node'
import { refuseOtherSites } from '#app/.server/guarded.ts'
import { endedSessionCookie, readSession } from '#app/.server/session.ts'
import { paths } from '#app/paths.ts'

export const loader = () => redirect(paths.tower())

/** Ends the session in the database, not only in this browser. */
export async function action({ request, context }: ActionFunctionArgs) {
  refuseOtherSites(request, new URL(request.url))
  const token = await readSession(request, context)
  if (token) await context.services.signOut(token)
  return redirect(paths.signIn(), { status: 303, headers: { 'Set-Cookie': await endedSessionCookie(request, context) } })
}
