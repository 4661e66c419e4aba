import {
  BookCheck,
  CalendarRange,
  ChartNoAxesColumn,
  FileUp,
  Gauge,
  GitCompareArrows,
  Inbox,
  PanelLeftClose,
  PanelLeftOpen,
  Play,
  RefreshCw,
  Server,
  Settings,
  Sigma,
  TowerControl,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { usePreferenceForm, usePreferences } from '#app/ui/preferences.ts'
import { paths, type Scope } from '#app/paths.ts'
import { ScopeBar, type ScopeBarProps } from './scope-bar.tsx'
import { UserMenu } from './user-menu.tsx'

export const RAIL_KEYS = [
  'tower',
  'totals',
  'exceptions',
  'runs',
  'jobs',
  'mappings',
  'systems',
  'periods',
  'audit',
  'metrics',
  'settings',
  'upload',
] as const
export type RailKey = (typeof RAIL_KEYS)[number]
export type RailItem = {
  readonly key: RailKey
  /** Only where someone must act; nothing is shown for 0. */
  readonly count?: number
  /** What is counted, for the ear: 'open exceptions'. */
  readonly countOf?: string
  readonly countTone?: 'attention' | 'broken' | 'held'
}

export type AppShellProps = {
  user: { name: string; role: string }
  /** Only what this person may open, in the order of the rail. */
  rail: readonly RailItem[]
  current: RailKey
  /** This address with its query: where preferences return to. */
  here: string
  scopeBar: Omit<ScopeBarProps, 'end'>
  children: ReactNode
}

const RAIL: Record<RailKey, { label: string; icon: LucideIcon; href: (scope: Scope) => string }> = {
  tower: { label: 'Tower', icon: Gauge, href: paths.tower },
  totals: { label: 'Control totals', icon: Sigma, href: paths.totals },
  exceptions: { label: 'Exceptions', icon: Inbox, href: paths.exceptions },
  runs: { label: 'Runs', icon: Play, href: paths.runs },
  jobs: { label: 'Jobs', icon: RefreshCw, href: paths.jobs },
  mappings: { label: 'Mappings', icon: GitCompareArrows, href: paths.mappings },
  systems: { label: 'Systems', icon: Server, href: paths.systems },
  periods: { label: 'Periods', icon: CalendarRange, href: paths.periods },
  audit: { label: 'Audit', icon: BookCheck, href: () => paths.audit() },
  metrics: { label: 'Metrics', icon: ChartNoAxesColumn, href: paths.metrics },
  settings: { label: 'Settings', icon: Settings, href: () => paths.settings() },
  upload: { label: 'Upload', icon: FileUp, href: paths.upload },
}

/** Rail, scope bar, page. The scope travels along with every link of the rail. */
export function AppShell({ user, rail, current, here, scopeBar, children }: AppShellProps) {
  return (
    <div className="shell">
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <nav className="rail" aria-label="Main">
        <div className="rail-head">
          <TowerControl size={18} strokeWidth={1.75} aria-hidden />
          <span>Finance Control Tower</span>
        </div>
        <ul>
          {rail.map((item) => (
            <li key={item.key}>
              <RailLink item={item} current={item.key === current} scope={scopeBar.scope} />
            </li>
          ))}
        </ul>
        <RailToggle here={here} />
      </nav>
      <div className="stage-area">
        <ScopeBar {...scopeBar} end={<UserMenu {...user} returnTo={here} />} />
        <main id="main" tabIndex={-1} className="page">
          {children}
        </main>
      </div>
    </div>
  )
}

function RailLink({
  item: { key, count = 0, countOf = 'to act on', countTone = 'attention' },
  current,
  scope,
}: {
  item: RailItem
  current: boolean
  scope: Scope
}) {
  const { label, icon: Icon, href } = RAIL[key]
  const { rail } = usePreferences()
  return (
    <Link
      href={href(scope)}
      className="rail-link"
      aria-current={current ? 'page' : undefined}
      title={rail === 'collapsed' ? label : undefined}
    >
      <Icon className="icon" aria-hidden />
      <span className="rail-label">{label}</span>
      {count > 0 && (
        <span className="rail-count" data-tone={countTone}>
          {groupedCount(count)}
          <span className="visually-hidden"> {countOf}</span>
        </span>
      )}
    </Link>
  )
}

function RailToggle({ here }: { here: string }) {
  const { rail } = usePreferences()
  const apply = usePreferenceForm()
  const open = rail === 'open'
  const Icon = open ? PanelLeftClose : PanelLeftOpen
  return (
    <form method="post" action={paths.preferences()} onSubmit={apply} className="rail-foot">
      <input type="hidden" name="returnTo" value={here} />
      <button
        type="submit"
        name="rail"
        value={open ? 'collapsed' : 'open'}
        className="rail-link rail-toggle"
        aria-expanded={open}
      >
        <Icon className="icon" aria-hidden />
        <span className="rail-label text-start">{open ? 'Collapse' : 'Expand'}</span>
      </button>
    </form>
  )
}
