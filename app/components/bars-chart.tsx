import { Bar, BarChart, CartesianGrid, Line, ComposedChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { axisOf } from '#app/ui/axis.ts'
import { groupedDecimal } from '#app/ui/decimal.ts'
import { useNavigateTo } from '#app/ui/navigation.tsx'

export type Series = {
  readonly key: string
  readonly label: string
  /** A colour of the tokens: 'source', 'target', or that of a mark. */
  readonly colour: 'source' | 'target' | 'mark' | 'mark-soft' | 'broken-mark' | 'attention-mark' | 'held-mark'
  /** Bars of one stack stand on each other; without, beside each other. */
  readonly stack?: string
  readonly as?: 'bar' | 'line'
}
export type Bars = {
  readonly label: string
  /** Where a click on the bars leads. */
  readonly href?: string | undefined
  /** Exact decimal text of each series; null: there is none. */
  readonly values: Readonly<Record<string, string | null>>
}

/** Bars from zero, in a unit one can read; exact figures on hover and in the table beside. Loaded by scripts only. */
export function BarsChart({ bars, series, unit = '' }: { bars: readonly Bars[]; series: readonly Series[]; unit?: string }) {
  const navigate = useNavigateTo()
  const axis = axisOf([...bars.flatMap(({ values }) => series.map(({ key }) => values[key] ?? null)), ...stacked(bars, series)])
  const data = bars.map(({ label, values, href }) => ({
    label,
    href,
    values,
    ...Object.fromEntries(series.map(({ key }) => [key, axis.height(values[key] ?? null)])),
  }))
  const labelAt = new Map(axis.ticks.map(({ at, label }) => [at, label]))
  const Chart = series.some(({ as }) => as === 'line') ? ComposedChart : BarChart
  return (
    <div className="bars-chart">
      <ul className="bars-key" aria-hidden>
        {series.map(({ key, label, colour }) => (
          <li key={key}>
            <span style={{ background: `var(--${colour})` }} />
            {label}
          </li>
        ))}
        {unit && <li className="meta">{unit}</li>}
      </ul>
      <div className="bars-plot">
        <ResponsiveContainer width="100%" height="100%">
          <Chart
            data={data}
            margin={{ top: 8, right: 8, bottom: 0, left: 0 }}
            barGap={2}
            barCategoryGap="24%"
            accessibilityLayer={false}
            onClick={({ activeTooltipIndex }) => {
              const href = activeTooltipIndex == null ? undefined : bars[Number.parseInt(`${activeTooltipIndex}`, 10)]?.href
              if (href && navigate) navigate(href)
            }}
          >
            <CartesianGrid vertical={false} stroke="var(--hairline)" />
            <XAxis
              dataKey="label"
              tickLine={false}
              axisLine={{ stroke: 'var(--hairline-strong)' }}
              tick={TICK}
              interval="equidistantPreserveStart"
              minTickGap={8}
            />
            <YAxis
              tickLine={false}
              axisLine={false}
              tick={TICK}
              width={64}
              ticks={axis.ticks.map(({ at }) => at)}
              domain={[axis.ticks[0]!.at, axis.ticks.at(-1)!.at]}
              tickFormatter={(at: number) => labelAt.get(at) ?? ''}
            />
            <Tooltip
              cursor={{ fill: 'var(--hover)' }}
              isAnimationActive={false}
              content={(given) => <Exact series={series} {...pointed(given)} />}
            />
            {series.map(({ key, colour, stack, as }) =>
              as === 'line' ? (
                <Line
                  key={key}
                  dataKey={key}
                  stroke={`var(--${colour})`}
                  strokeWidth={2}
                  dot={{ r: 2.5 }}
                  isAnimationActive={false}
                  connectNulls={false}
                />
              ) : (
                <Bar
                  key={key}
                  dataKey={key}
                  fill={`var(--${colour})`}
                  maxBarSize={28}
                  isAnimationActive={false}
                  {...(stack && { stackId: stack })}
                />
              ),
            )}
          </Chart>
        </ResponsiveContainer>
      </div>
    </div>
  )
}

const TICK = { fill: 'var(--ink-3)', fontSize: 12 }

/** Heights of whole stacks, so that the axis reaches them; counts, which are whole numbers. */
function stacked(bars: readonly Bars[], series: readonly Series[]): string[] {
  if (!series.some(({ stack }) => stack)) return []
  return bars.map(({ values }) =>
    series.reduce((sum, { key }) => sum + BigInt((values[key] ?? '0').replace(/\..*$/, '')), 0n).toString(),
  )
}

type Pointed = { label: string; values: Bars['values'] } | { label: null }

function pointed({ payload }: { payload?: readonly unknown[] }): Pointed {
  const bar = (payload?.[0] as { payload?: Bars } | undefined)?.payload
  return bar ? { label: bar.label, values: bar.values } : { label: null }
}

function Exact(given: Pointed & { series: readonly Series[] }) {
  if (given.label === null) return null
  return (
    <div className="bars-exact">
      <p className="font-strong">{given.label}</p>
      <dl>
        {given.series.map(({ key, label, colour }) => (
          <div key={key}>
            <dt>
              <span style={{ background: `var(--${colour})` }} />
              {label}
            </dt>
            <dd>{given.values[key] == null ? 'n/a' : groupedDecimal(given.values[key])}</dd>
          </div>
        ))}
      </dl>
    </div>
  )
}
