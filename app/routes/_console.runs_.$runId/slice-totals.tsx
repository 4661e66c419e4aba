import { Amount, Count } from '#app/components/amount.tsx'
import { MarkedPeriod } from '#app/components/marked-period.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { counted, OBJECT_WORDS } from '#app/routes/_console/words.ts'
import { DataTable, type Column } from '#app/ui/data-table.tsx'
import { isZeroDecimal, subtractDecimals, sumDecimals } from '#app/ui/decimal.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { CircleCheck, CircleX } from 'lucide-react'
import type { Certainty } from '#server/domain/certainty.ts'
import { isLineType } from '#server/domain/record.ts'
import { CONSERVED, type Checkpoint, type ControlTotal } from '#server/domain/run.ts'
import type { Screen } from './screen.ts'

const SHOWN = [
  'extracted',
  'corrected',
  'accepted',
  'rejected',
  'new',
  'changed',
  'unchanged',
  'duplicate',
  'loaded',
] as const satisfies readonly Checkpoint[]
const HEADS: Record<(typeof SHOWN)[number], string> = {
  extracted: 'Extracted',
  corrected: 'Corrected',
  accepted: 'Accepted',
  rejected: 'Rejected',
  new: 'New',
  changed: 'Changed',
  unchanged: 'Unchanged',
  duplicate: 'Duplicate',
  loaded: 'Loaded',
}
const MEASURES = { records: 'Records', debit: 'Debit', credit: 'Credit', net: 'Net' } as const
type Measure = keyof typeof MEASURES

type Total = Screen['totals'][number]
type Slice = Pick<Total, 'objectType' | 'entity' | 'period' | 'version' | 'currency' | 'certainty'> & {
  readonly key: string
  readonly at: Partial<Record<Checkpoint, ControlTotal>>
  /** Extracted and corrected minus all that was accounted for, in the measure shown. */
  readonly difference: string
}

/** The control totals, slice by slice and checkpoint by checkpoint. Differences come first and are marked. */
export function SliceTotals({ screen }: { screen: Screen }) {
  const { show } = screen.search
  const slices = slicesOf(
    screen.totals.filter(({ objectType }) => isLineType(objectType)),
    show,
  )
  // Members of dimensions have no slice; they are counted above.
  if (slices.length === 0) return null
  // Of a run without corrections it would be a column of nothing.
  const shown = SHOWN.filter((checkpoint) => checkpoint !== 'corrected' || slices.some(({ at }) => at.corrected))
  const broken = slices.filter((slice) => !isZeroDecimal(slice.difference))
  return (
    <Section
      title="Control totals by slice"
      note={
        broken.length === 0
          ? `${counted(slices.length, 'slice')}: extracted${shown.includes('corrected') ? ' + corrected' : ''} = new + changed + unchanged + duplicate + rejected in each.`
          : `${counted(broken.length, 'slice')} of ${slices.length.toLocaleString('en')} do not add up.`
      }
      actions={<MeasureSwitch screen={screen} />}
    >
      <DataTable
        caption={`Control totals by slice, ${MEASURES[show].toLowerCase()}`}
        scroll={slices.length > 15 || shown.includes('corrected') ? 'own' : 'page'}
        rows={slices}
        rowKey={(slice) => slice.key}
        columns={[
          { key: 'entity', head: 'Entity', fit: true, cell: (slice) => slice.entity || <span className="text-ink-3">all</span> },
          {
            key: 'period',
            head: 'Period',
            fit: true,
            cell: (slice) => <MarkedPeriod {...slice} />,
          },
          {
            key: 'version',
            head: 'Version',
            fit: true,
            cell: ({ version }) => version || <span className="text-ink-3">none</span>,
          },
          { key: 'kind', head: 'Kind', fit: true, cell: ({ objectType }) => OBJECT_WORDS[objectType][1] },
          ...shown.map(
            (checkpoint): Column<Slice> => ({
              key: checkpoint,
              head: HEADS[checkpoint],
              align: 'number',
              cell: (slice) => <Figure slice={slice} checkpoint={checkpoint} measure={show} screen={screen} />,
            }),
          ),
          ...(show === 'records'
            ? []
            : [{ key: 'currency', head: 'Currency', align: 'currency' as const, cell: ({ currency }: Slice) => currency }]),
          { key: 'verdict', head: 'Difference', align: 'number', cell: (slice) => <Difference slice={slice} /> },
        ]}
        empty={null}
      />
    </Section>
  )
}

function MeasureSwitch({ screen: { run, scope, search } }: { screen: Screen }) {
  return (
    <nav className="flex gap-3" aria-label="What the control totals show">
      {(Object.keys(MEASURES) as Measure[]).map((measure) => (
        <Link
          key={measure}
          href={paths.run(run.runId, { ...scope, ...(measure !== 'records' && { show: measure }) })}
          keepScroll
          aria-current={search.show === measure ? 'true' : undefined}
          className={search.show === measure ? 'font-strong' : 'text-ink-2 link-quiet'}
        >
          {MEASURES[measure]}
        </Link>
      ))}
    </nav>
  )
}

function Figure({
  slice,
  checkpoint,
  measure,
  screen,
}: {
  slice: Slice
  checkpoint: (typeof SHOWN)[number]
  measure: Measure
  screen: Screen
}) {
  const total = slice.at[checkpoint]
  const figure =
    measure === 'records' ? (
      <Count value={total?.count ?? 0} />
    ) : slice.currency === '' ? null : (
      <Amount value={total?.[measure] ?? '0'} currency={slice.currency} />
    )
  const href = total && (total.count > 0 || checkpoint === 'corrected') ? hrefOf(screen, slice, checkpoint) : undefined
  if (!href) return figure
  return (
    <Link href={href} className="link-quiet">
      {figure}
    </Link>
  )
}

/** Differences are marked by word and sign as well as by colour. */
function Difference({ slice: { difference, currency } }: { slice: Slice }) {
  if (isZeroDecimal(difference)) {
    return (
      <span className="inline-flex items-center gap-1 text-ink-3">
        <CircleCheck className="icon" aria-hidden /> none
      </span>
    )
  }
  return (
    <span className="inline-flex items-center gap-1 text-broken font-strong">
      <CircleX className="icon" aria-hidden />
      <Amount value={difference} currency={currency} signed />
    </span>
  )
}

function hrefOf({ run }: Screen, { entity, period, version, currency }: Slice, checkpoint: Checkpoint): string | undefined {
  const slice: Scope = { ...(entity && { entity }), ...(period && { period }), ...(version && { version }) }
  if (checkpoint === 'corrected') return paths.corrections({ run: `${run.runId}` })
  if (checkpoint === 'rejected') return paths.runRejected(run.runId, slice)
  if (checkpoint === 'unchanged' || checkpoint === 'duplicate')
    return paths.runRepeats(run.runId, { ...slice, outcome: checkpoint })
  // Members are no lines, and what was not published has no lines to open.
  if (run.publication === null || currency === '') return undefined
  if (checkpoint === 'new' || checkpoint === 'changed')
    return paths.lines({ ...slice, asOf: run.publication, publication: run.publication, currency })
  return checkpoint === 'loaded' ? paths.lines({ ...slice, asOf: run.publication, currency }) : undefined
}

function slicesOf(totals: readonly Total[], measure: Measure): Slice[] {
  const groups = new Map<string, { at: Partial<Record<Checkpoint, Total>>; certainty: Certainty }>()
  for (const total of totals) {
    const key = [total.objectType, total.entity, total.period, total.version, total.currency].join('|')
    const group = groups.get(key) ?? { at: {}, certainty: total.certainty }
    group.at[total.checkpoint] = total
    groups.set(key, group)
  }
  const figureOf = (total: ControlTotal | undefined) => (!total ? '0' : measure === 'records' ? `${total.count}` : total[measure])
  const slices = [...groups].map(([key, { at, certainty }]): Slice => {
    const [objectType, entity, period, version, currency] = key.split('|') as [
      ControlTotal['objectType'],
      string,
      string,
      string,
      string,
    ]
    const difference = subtractDecimals(
      sumDecimals([figureOf(at.extracted), figureOf(at.corrected)]),
      sumDecimals(CONSERVED.map((checkpoint) => figureOf(at[checkpoint]))),
    )
    return { key, objectType, entity, period, version, currency, certainty, at, difference }
  })
  return slices.sort((a, b) => Number(isZeroDecimal(a.difference)) - Number(isZeroDecimal(b.difference)))
}
