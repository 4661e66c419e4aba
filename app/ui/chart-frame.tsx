import { ChartColumn, Table2 } from 'lucide-react'
import { Suspense, useId, useState, type CSSProperties, type ReactNode } from 'react'
import { useShortcuts } from './shortcuts.ts'
import { useHydrated } from './use-hydrated.ts'

export type ChartFrameProps = {
  title: ReactNode
  /** One sentence: what the picture shows. Its text for whoever does not see it. */
  summary: string
  /** Drawn by scripts only, to fill its box. A lazy component may be given. */
  chart: () => ReactNode
  /** The same figures as rows; always in the page, so that they can be read and printed without any script. */
  table: ReactNode
  /** A <FigureFooter>: as of what, computed when. */
  footer?: ReactNode
  actions?: ReactNode
  /** Pixels. The box has it from the first paint on, so nothing moves when the picture comes. */
  height?: number
  startsAs?: View
}
type View = 'picture' | 'table'

/** A picture and its table in one place of one height; `t` or the button turns from the one to the other. */
export function ChartFrame({
  title,
  summary,
  chart,
  table,
  footer,
  actions,
  height = 260,
  startsAs = 'picture',
}: ChartFrameProps) {
  const [view, setView] = useState<View>(startsAs)
  const isHydrated = useHydrated()
  const titleId = useId()
  const bodyId = useId()
  const turn = () => setView((before) => (before === 'picture' ? 'table' : 'picture'))
  useShortcuts([{ keys: 't', label: 'Turn pictures into their tables and back', group: 'On this page', run: turnAllFrames }])
  const Icon = view === 'picture' ? Table2 : ChartColumn
  return (
    <section className="chart-frame" data-view={view} aria-labelledby={titleId}>
      <div className="chart-head">
        <h2 id={titleId}>{title}</h2>
        <div className="flex items-center gap-2">
          {actions}
          <button
            type="button"
            className="button chart-turn"
            data-kind="ghost"
            data-size="small"
            data-chart-turn=""
            aria-controls={bodyId}
            aria-keyshortcuts="t"
            onClick={turn}
          >
            <Icon className="icon" aria-hidden />
            {view === 'picture' ? 'Show as a table' : 'Show as a picture'}
          </button>
        </div>
      </div>
      <div id={bodyId} className="chart-body" style={{ '--chart-height': `${height}px` } as CSSProperties}>
        <figure className="chart-picture" aria-label={summary}>
          {isHydrated && view === 'picture' && <Suspense fallback={null}>{chart()}</Suspense>}
        </figure>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls inside the box, so the keyboard must reach it */}
        <section className="chart-table" tabIndex={0} aria-label={`${summary} As a table`}>
          {table}
        </section>
      </div>
      {footer}
    </section>
  )
}

/** Each frame offers the key, the first gets it: it turns them all. */
function turnAllFrames() {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-chart-turn]')) button.click()
}
