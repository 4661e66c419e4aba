import {
  BookCheck,
  CalendarRange,
  ChartNoAxesColumn,
  FileUp,
  Gauge,
  GitCompareArrows,
  Inbox,
  ListChecks,
  PanelLeftClose,
  PanelLeftOpen,
  Play,
  RefreshCw,
  Scale,
  Server,
  Settings,
  Sigma,
  TowerControl,
  type LucideIcon,
} from 'lucide-react'
import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { usePreferenceForm, usePreferences } from '#app/ui/preferences.ts'
import { paths, viewHref, type Scope } from '#app/paths.ts'

export const RAIL_KEYS = [
  'tower',
  'totals',
  'exceptions',
  'reconciliations',
  'close',
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
export type RailCount = {
  readonly count: number
  /** What is counted, for the ear and on hover: 'open business exceptions'. */
  readonly of: string
  readonly tone: 'attention' | 'broken' | 'held' | 'past'
}
export type RailItem = {
  readonly key: RailKey
  /** Only where someone must act; nothing is shown for 0. Each a figure of its own. */
  readonly counts?: readonly RailCount[]
  /** The view this person's list opens with. */
  readonly view?: { readonly screen: string; readonly query: string; readonly viewId: number }
}

/** Where an item of the rail leads: its list, under the person's own view where there is one. */
export const railHref = ({ key, view }: RailItem, scope: Scope): string =>
  view ? viewHref(view.screen, view.query, view.viewId, scope) : RAIL[key].href(scope)

/** `letter`: after `g`, goes there. */
export const RAIL: Record<RailKey, { label: string; icon: LucideIcon; letter: string; href: (scope: Scope) => string }> = {
  tower: { label: 'Tower', icon: Gauge, letter: 't', href: paths.tower },
  totals: { label: 'Control totals', icon: Sigma, letter: 'c', href: paths.totals },
  exceptions: { label: 'Exceptions', icon: Inbox, letter: 'e', href: paths.exceptions },
  reconciliations: { label: 'Reconciliations', icon: Scale, letter: 'n', href: paths.reconciliations },
  close: { label: 'Close', icon: ListChecks, letter: 'l', href: paths.close },
  runs: { label: 'Runs', icon: Play, letter: 'r', href: paths.runs },
  jobs: { label: 'Jobs', icon: RefreshCw, letter: 'j', href: paths.jobs },
  mappings: { label: 'Mappings', icon: GitCompareArrows, letter: 'm', href: paths.mappings },
  systems: { label: 'Systems', icon: Server, letter: 's', href: paths.systems },
  periods: { label: 'Periods', icon: CalendarRange, letter: 'p', href: paths.periods },
  audit: { label: 'Audit', icon: BookCheck, letter: 'a', href: () => paths.audit() },
  metrics: { label: 'Metrics', icon: ChartNoAxesColumn, letter: 'k', href: paths.metrics },
  settings: { label: 'Settings', icon: Settings, letter: ',', href: () => paths.settings() },
  upload: { label: 'Upload', icon: FileUp, letter: 'u', href: paths.upload },
}

type RailProps = {
  /** Only what this person may open, in the order of the rail. */
  rail: readonly RailItem[]
  current: RailKey
  here: string
  scope: Scope
}

/** Where one can go. The scope travels along with every link. */
export function Rail({ rail, current, here, scope }: RailProps) {
  return (
    <nav className="rail" aria-label="Main">
      <div className="rail-head">
        <TowerControl size={18} strokeWidth={1.75} aria-hidden />
        <span>Finance Control Tower</span>
      </div>
      <ul>
        {rail.map((item) => (
          <li key={item.key}>
            <RailLink item={item} current={item.key === current} scope={scope} />
          </li>
        ))}
      </ul>
      <RailToggle here={here} />
    </nav>
  )
}

function RailLink({ item, current, scope }: { item: RailItem; current: boolean; scope: Scope }) {
  const { key, counts = [] } = item
  const { label, icon: Icon } = RAIL[key]
  const { rail } = usePreferences()
  return (
    <Link
      href={railHref(item, scope)}
      className="rail-link"
      aria-current={current ? 'page' : undefined}
      title={rail === 'collapsed' ? label : undefined}
    >
      <Icon className="icon" aria-hidden />
      <span className="rail-label">{label}</span>
      {counts
        .filter(({ count }) => count > 0)
        .map(({ count, of, tone }) => (
          <span key={of} className="rail-count" data-tone={tone} title={`${groupedCount(count)} ${of}`}>
            {groupedCount(count)}
            <span className="visually-hidden"> {of} </span>
          </span>
        ))}
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
