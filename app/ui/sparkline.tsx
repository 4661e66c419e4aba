export type SparklineProps = {
  /** From the oldest to the newest; null where there is none. Heights only: the figures themselves stand in their cells. */
  values: readonly (number | null)[]
  /** What it shows and how it ends, for the ear: 'Exceptions a day, 4 today'. */
  label: string
}

const WIDTH = 96
const HEIGHT = 20
const ROOM = 2

/** A small line in a row, drawn by the server. A gap stays a gap; it begins at zero, so that heights can be compared. */
export function Sparkline({ values, label }: SparklineProps) {
  const lines = linesOf(values)
  const end = lines.at(-1)?.at(-1)
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line x1={0} x2={WIDTH} y1={HEIGHT - ROOM} y2={HEIGHT - ROOM} />
      {lines.map((points) => (
        <polyline key={points[0]?.x} points={points.map(({ x, y }) => `${x},${y}`).join(' ')} />
      ))}
      {end && <circle cx={end.x} cy={end.y} r={2} />}
    </svg>
  )
}

type Point = { readonly x: number; readonly y: number }

export function linesOf(values: readonly (number | null)[]): Point[][] {
  const known = values.filter((value) => value !== null)
  const [low, high] = [Math.min(0, ...known), Math.max(0, ...known)]
  const step = values.length > 1 ? (WIDTH - 2 * ROOM) / (values.length - 1) : 0
  const heightOf = (value: number) =>
    high === low ? HEIGHT - ROOM : ROOM + ((high - value) / (high - low)) * (HEIGHT - 2 * ROOM)
  const lines: Point[][] = [[]]
  values.forEach((value, index) => {
    if (value === null) lines.push([])
    else lines.at(-1)?.push({ x: rounded(ROOM + index * step), y: rounded(heightOf(value)) })
  })
  return lines.filter((line) => line.length > 0)
}

const rounded = (at: number) => Math.round(at * 10) / 10
