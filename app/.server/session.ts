import { createCookie, type AppLoadContext } from '@remix-run/node'

/**
 * The cookie holds a random token and nothing else; who it belongs to is looked up at every request, so that signing out and
 * disabling a person work at once. SameSite=Lax keeps it off the posts of other sites.
 */
const cookieOf = (request: Request, context: AppLoadContext) =>
  createCookie('tower_session', {
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: new URL(request.url).protocol === 'https:',
    secrets: [context.sessionSecret],
  })

/** Null when there is none, or one that was tampered with. */
export async function readSession(request: Request, context: AppLoadContext): Promise<string | null> {
  const token: unknown = await cookieOf(request, context).parse(request.headers.get('Cookie'))
  return typeof token === 'string' && token !== '' ? token : null
}

export const sessionCookie = (request: Request, context: AppLoadContext, token: string, expires: Date): Promise<string> =>
  cookieOf(request, context).serialize(token, { expires })

export const endedSessionCookie = (request: Request, context: AppLoadContext): Promise<string> =>
  cookieOf(request, context).serialize('', { maxAge: 0 })
