import interUrl from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url'
import monoUrl from '@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2?url'
import {
  redirect,
  type ActionFunctionArgs,
  type LinksFunction,
  type LoaderFunctionArgs,
  type MetaFunction,
} from '@remix-run/node'
import {
  Link as RouterLink,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useNavigate,
  useRouteLoaderData,
} from '@remix-run/react'
import { useCallback, type ReactNode } from 'react'
import { RouteError } from './components/route-error.tsx'
import appStyles from './styles/app.css?url'
import iconUrl from './styles/icon.svg?url&no-inline'
import { ColumnChoiceProvider, readColumnChoices, useChosenColumns } from './ui/column-choice.ts'
import { NavigationProvider, type LinkProps, type Navigation } from './ui/navigation.tsx'
import { useNonce } from './ui/nonce.ts'
import {
  DEFAULT_PREFERENCES,
  preferenceCookie,
  PreferencesProvider,
  readPreferences,
  safeReturnTo,
  useChosenPreferences,
} from './ui/preferences.ts'

export const links: LinksFunction = () => [
  { rel: 'preload', href: interUrl, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'preload', href: monoUrl, as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' },
  { rel: 'icon', href: iconUrl, type: 'image/svg+xml' },
  { rel: 'stylesheet', href: appStyles },
]

export const meta: MetaFunction = () => [{ title: 'Finance Control Tower' }]

export const loader = ({ request, context }: LoaderFunctionArgs) => ({
  preferences: readPreferences(request.headers.get('Cookie')),
  columns: readColumnChoices(request.headers.get('Cookie')),
  correlationId: textIn(context, 'correlationId'),
})

/** A preference is a form like any other, so the switches work without a script. */
export async function action({ request }: ActionFunctionArgs) {
  const form = await request.formData()
  const cookie = preferenceCookie(form)
  return redirect(safeReturnTo(form.get('returnTo')), { status: 303, headers: cookie ? { 'Set-Cookie': cookie } : {} })
}

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce()
  const chosen = useChosenPreferences(useRouteLoaderData<typeof loader>('root')?.preferences ?? DEFAULT_PREFERENCES)
  const { theme, density, rail } = chosen.preferences
  const columns = useChosenColumns(useRouteLoaderData<typeof loader>('root')?.columns ?? NO_COLUMNS)
  return (
    <html lang="en" data-theme={theme === 'system' ? undefined : theme} data-density={density} data-rail={rail}>
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <Meta />
        <Links />
      </head>
      <body>
        <PreferencesProvider value={chosen}>
          <ColumnChoiceProvider value={columns}>
            <NavigationProvider value={NAVIGATION}>{children}</NavigationProvider>
          </ColumnChoiceProvider>
        </PreferencesProvider>
        <ScrollRestoration {...(nonce && { nonce })} />
        <Scripts {...(nonce && { nonce })} />
      </body>
    </html>
  )
}

export default function App() {
  return <Outlet />
}

export function ErrorBoundary() {
  return (
    <main className="lone-page">
      <div className="w-[min(560px,calc(100vw-64px))]">
        <p className="meta">Finance Control Tower</p>
        <RouteError />
      </div>
    </main>
  )
}

const NO_COLUMNS = {}

const NAVIGATION: Navigation = {
  Link: ({ href, keepScroll, ...rest }: LinkProps) => (
    <RouterLink to={href} {...rest} {...(keepScroll && { preventScrollReset: true })} />
  ),
  useNavigate: () => {
    const navigate = useNavigate()
    return useCallback((href: string) => navigate(href, { preventScrollReset: true }), [navigate])
  },
}

function textIn(context: unknown, name: string): string | null {
  const value = (context as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'string' ? value : null
}
