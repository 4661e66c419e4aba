import { data, redirect, type ActionFunctionArgs, type LoaderFunctionArgs, type MetaFunction } from '@remix-run/node'
import { Form, useActionData, useLoaderData, useNavigation } from '@remix-run/react'
import { TowerControl } from 'lucide-react'
import { z } from 'zod'
import { InvalidInput, readForm } from '#app/.server/forms.ts'
import { awayOr, refuseOtherSites } from '#app/.server/guarded.ts'
import { readSession, sessionCookie } from '#app/.server/session.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { Button } from '#app/ui/button.tsx'
import { Input } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { safeReturnTo } from '#app/ui/preferences.ts'
import { readDemoPeople } from '#app/.server/reads.ts'

const SignInForm = z.object({
  signIn: z.string({ error: 'Enter your sign-in' }).max(100, 'This is longer than a sign-in'),
  password: z.string({ error: 'Enter your password' }).max(1_000, 'This is longer than a password'),
  returnTo: z.string().optional(),
})

export const meta: MetaFunction = () => [{ title: 'Sign in · Finance Control Tower' }]

export async function loader({ request, context }: LoaderFunctionArgs) {
  const returnTo = safeReturnTo(new URL(request.url).searchParams.get('returnTo'))
  try {
    const token = await readSession(request, context)
    if (token && (await context.services.whoIs(token))) throw redirect(returnTo)
    return { returnTo, demo: await readDemoPeople(context.services.context.db) }
  } catch (error) {
    throw awayOr(error)
  }
}

export async function action({ request, context }: ActionFunctionArgs) {
  refuseOtherSites(request, new URL(request.url))
  try {
    const { signIn, password, returnTo } = await readForm(request, SignInForm)
    const answer = await context.services.signIn({ signIn, password, address: context.remoteAddress })
    if (answer === null) return data({ signIn, message: WRONG, fields: NO_FIELDS }, { status: 401 })
    if (answer === 'wait') return data({ signIn, message: WAIT, fields: NO_FIELDS }, { status: 429 })
    const cookie = await sessionCookie(request, context, answer.token, answer.expiresAt)
    return redirect(safeReturnTo(returnTo), { status: 303, headers: { 'Set-Cookie': cookie } })
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw awayOr(error)
    return data({ signIn: '', message: null, fields: error.fields }, { status: error.status })
  }
}

export default function SignIn() {
  const { returnTo, demo } = useLoaderData<typeof loader>()
  const answer = useActionData<typeof action>()
  const isSending = useNavigation().formAction?.startsWith('/sign-in') ?? false
  return (
    <main className="lone-page">
      <div className="lone-card grid gap-4">
        <div className="flex items-center gap-2 text-ink-2">
          <TowerControl size={18} strokeWidth={1.75} className="text-accent" aria-hidden />
          Finance Control Tower
        </div>
        <h1>Sign in</h1>
        {answer?.message && <Notice kind="broken" title={answer.message} />}
        <Form method="post" className="grid gap-4">
          <input type="hidden" name="returnTo" value={returnTo} />
          <Input
            label="Sign-in"
            name="signIn"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
            defaultValue={answer?.signIn}
            error={answer?.fields.signIn}
          />
          <Input
            label="Password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            error={answer?.fields.password}
          />
          <div>
            <Button type="submit" kind="primary" pending={isSending}>
              Sign in
            </Button>
          </div>
        </Form>
        {demo.length > 0 && (
          <section className="grid gap-2 border-t border-hairline pt-4" aria-labelledby="demo">
            <h2 id="demo">The demonstration company</h2>
            <p className="text-ink-2">
              Six people look after two simulated companies. The password of each is <code>demo</code>.
            </p>
            <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
              {demo.map(({ signIn, role }) => (
                <div key={signIn} className="col-span-2 grid grid-cols-subgrid">
                  <dt className="mono">{signIn}</dt>
                  <dd className="text-ink-2">{ROLE_WORDS[role]}</dd>
                </div>
              ))}
            </dl>
          </section>
        )}
      </div>
    </main>
  )
}

const NO_FIELDS: Readonly<Record<string, string>> = {}
// Which of the two it was is not said: that would tell who works here.
const WRONG = 'Sign-in or password is wrong'
const WAIT = 'Too many wrong passwords. Wait a quarter of an hour, then try again.'
