import { Outlet, useLocation, useRouteLoaderData } from '@remix-run/react'
import type { ReactNode } from 'react'
import { guarded } from '#app/.server/guarded.ts'
import { scopeOf } from '#app/.server/scope.ts'
import { AppShell } from '#app/components/app-shell.tsx'
import { RAIL_KEYS, type RailItem, type RailKey } from '#app/components/rail.tsx'
import { RouteError } from '#app/components/route-error.tsx'
import { formatInstant } from '#app/ui/time.tsx'
import { readFrame } from '#app/.server/reads.ts'
import { FilterExtrasProvider, type FilterExtras } from '#app/ui/filter-bar.tsx'
import { ExportMenu, isExported } from '#app/components/export-menu.tsx'
import { ViewLookOf } from '#app/components/view-look.tsx'
import { SavedViews } from '#app/components/saved-views.tsx'
import type { ViewOfPerson } from '#app/.server/reads.ts'
import { isViewScreen } from '#server/domain/saved-view.ts'
import { mayDo, type CommandName } from '#server/domain/actor.ts'
import { ROLE_WORDS } from './role-words.ts'

export const loader = guarded('tower:read', async ({ services, actor, personName, scope }) => {
  const { counts, options, views } = await readFrame(services.context.db, actor)
  return {
    user: { name: personName, role: ROLE_WORDS[actor.role] },
    commands: COMMANDS.filter((command) => mayDo(actor, command)),
    counts,
    options,
    views,
    mayKeepViews: mayDo(actor, 'saveView'),
    scope: scopeOf(scope),
    isPast: scope.isPast,
  }
})

/** What the palette offers besides places. */
const COMMANDS = ['loadFile', 'importJob'] as const satisfies readonly CommandName[]

export default function Console() {
  return (
    <Frame>
      <Outlet />
    </Frame>
  )
}

/** Inside the frame where there is one, so that nobody is lost because one screen failed. */
export function ErrorBoundary() {
  return (
    <Frame>
      <RouteError />
    </Frame>
  )
}

const BELONGS: Readonly<Record<string, RailKey>> = {
  lines: 'totals',
  artifacts: 'runs',
  replays: 'runs',
  deliveries: 'runs',
  feeds: 'jobs',
  waiting: 'exceptions',
  corrections: 'exceptions',
  rates: 'mappings',
}
const SCOPE_AND_PLACE = ['entity', 'period', 'version', 'asOf', 'after', 'before', 'do']

function Frame({ children }: { children: ReactNode }) {
  const given = useRouteLoaderData<typeof loader>('routes/_console')
  const { pathname, search } = useLocation()
  // The layout itself failed: there is nobody to show a frame to.
  if (!given) return <main className="lone-page">{children}</main>
  const { user, counts, options, scope, isPast, commands, views, mayKeepViews } = given
  const saved = new URLSearchParams(search).get('saved')
  const view = views.find(({ screen, viewId }) => screen === pathname && `${viewId}` === saved) ?? null
  const extras: FilterExtras = (action) => ({
    keep: action === pathname && saved ? { saved } : {},
    end: (
      <>
        {isExported(action) && <ExportMenu screen={action} search={search} />}
        {isViewScreen(action) && <SavedViews screen={action} search={search} views={views} mayKeep={mayKeepViews} />}
      </>
    ),
  })
  const kept = [...new URLSearchParams(search)].filter(([name]) => !SCOPE_AND_PLACE.includes(name))
  return (
    <ViewLookOf screen={pathname} view={view}>
      {(density) => (
        <AppShell
          density={density}
          user={user}
          commands={commands}
          rail={railOf(counts, views)}
          current={currentOf(pathname)}
          here={pathname + search}
          scopeBar={{
            action: pathname,
            scope,
            entities: asOptions(options.entities),
            periods: asOptions(options.periods),
            versions: asOptions(options.versions),
            publications: options.publications.map(({ publication, publishedAt, job }) => ({
              value: `${publication}`,
              label: `${publication} · ${formatInstant(publishedAt)} · ${job}`,
            })),
            keep: Object.fromEntries(kept),
            nowHref: withoutAsOf(pathname, search),
            isPast,
          }}
        >
          <FilterExtrasProvider value={extras}>{children}</FilterExtrasProvider>
        </AppShell>
      )}
    </ViewLookOf>
  )
}

type Counts = {
  exceptions: readonly { readonly group: keyof typeof EXCEPTION_TONES; readonly count: number }[]
  superseded: number
  runs: number
  runsFailed: boolean
}

/** The tones of the tiles of the tower. */
const EXCEPTION_TONES = { business: 'attention', control: 'held', technical: 'broken', unclassified: 'past' } as const

function railOf({ exceptions, superseded, runs, runsFailed }: Counts, views: readonly ViewOfPerson[]): RailItem[] {
  return RAIL_KEYS.map((key) => {
    const view = views.find(({ screen, isDefault }) => isDefault && screen === `/${key}`)
    return { ...countOf(key), ...(view && { view }) }
  })
  function countOf(key: RailKey): RailItem {
    if (key === 'exceptions')
      return {
        key,
        counts: exceptions.map(({ group, count }) => ({ count, of: `open ${group} exceptions`, tone: EXCEPTION_TONES[group] })),
      }
    if (key === 'reconciliations')
      return { key, counts: [{ count: superseded, of: 'that you signed moved since', tone: 'attention' }] }
    if (key === 'runs') return { key, counts: [{ count: runs, of: 'held or failed runs', tone: runsFailed ? 'broken' : 'held' }] }
    return { key }
  }
}

function currentOf(pathname: string): RailKey {
  const first = pathname.split('/')[1] ?? ''
  return RAIL_KEYS.find((key) => key === first) ?? BELONGS[first] ?? 'tower'
}

const asOptions = (codes: readonly string[]) => codes.map((code) => ({ value: code, label: code }))

function withoutAsOf(pathname: string, search: string): string {
  const rest = new URLSearchParams(search)
  rest.delete('asOf')
  const query = rest.toString()
  return query ? `${pathname}?${query}` : pathname
}
