import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { TONE_ICON, type Tone } from '#app/ui/tone.tsx'

export type StripFigure = { key: string; label: string; of: string; count: number; tone: Tone; href: string }

/** Separate figures side by side, each opening its rows. None has a colour while it is zero. */
export function FigureStrip({ figures }: { figures: readonly StripFigure[] }) {
  return (
    <ul className="flex flex-wrap border-y border-hairline" aria-label="What is open">
      {figures.map(({ key, label, of, count, tone, href }) => {
        const Icon = TONE_ICON[tone]
        return (
          <li key={key} className="min-w-32 flex-1 border-e border-hairline last:border-e-0">
            <Link href={href} className="group block px-3 py-3 hover:bg-hover focus-visible:-outline-offset-2" data-tone={tone}>
              <span className="flex items-center gap-1.5 text-title font-strong tabular">
                {count > 0 && <Icon className="icon text-[var(--tone)]" aria-hidden />}
                <span className={count > 0 ? 'text-[var(--tone)]' : 'text-ink-3'}>{groupedCount(count)}</span>
              </span>
              <span className="block group-hover:underline">{label}</span>
              <span className="meta block">{of}</span>
            </Link>
          </li>
        )
      })}
    </ul>
  )
}
