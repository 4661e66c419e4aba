import { groupedCount } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { TONE_ICON } from '#app/ui/tone.tsx'
import type { Tile, TileGroup } from './figures.ts'

/** Separate figures side by side, each opening its rows. None has a colour while it is zero. */
export function FigureStrip({ groups }: { groups: readonly TileGroup[] }) {
  return (
    <div className="figure-strip">
      {groups.map(({ name, tiles }) => (
        <section key={name} className="figure-group" aria-label={name}>
          <h2 className="meta font-normal!">{name}</h2>
          <ul>
            {tiles.map((tile) => (
              <li key={tile.key}>
                <TileLink tile={tile} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  )
}

function TileLink({ tile: { key, href, value, label, tone } }: { tile: Tile }) {
  const Icon = TONE_ICON[tone]
  const isSomething = value !== '0'
  return (
    <Link href={href} className="figure-tile" data-tone={tone} data-zero={!isSomething || undefined} data-figure={key}>
      <span className="figure-tile-value">
        {isSomething && <Icon className="icon" aria-hidden />}
        {groupedCount(BigInt(value))}
      </span>
      <span className="figure-tile-label">{label}</span>
    </Link>
  )
}
