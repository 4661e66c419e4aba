import { CirclePause, CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Amount, Count } from '#app/components/amount.tsx'
import { paths, type LinesSearch, type Scope } from '#app/paths.ts'
import { ButtonLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Table } from '#app/ui/table.tsx'
import { digitsOf, SliceCells, SliceGroups, WIDE, type Slice } from './slice-groups.tsx'

type Sums = { readonly debit: string; readonly credit: string }
export type PublishedRow = Slice & {
  readonly total: (Sums & { readonly count: number; readonly net: string }) | null
  readonly rejected: (Sums & { readonly records: number; readonly onlyRunId: number | null }) | null
  readonly held: readonly (Sums & { readonly runId: number; readonly records: number })[]
}

type Props = {
  slices: readonly PublishedRow[]
  names: Readonly<Record<string, string | null>>
  scope: Scope & { currency?: string; objectType?: string; system?: string }
  publication: number
  isPast: boolean
  footer: ReactNode
}
const COLUMNS = 9
/** Longer amounts do not fit beside the rail of a small screen. */
const PAGE_CHARS_MAX = 11

/** What is published of each slice and currency, and what waits behind it. Each figure opens its lines. */
export function PublishedTable({ slices, names, scope, isPast, footer }: Props) {
  const digits = digitsOf(slices.map(({ total }) => total?.debit))
  const isWide = slices.some(({ total }) => (total?.debit.length ?? 0) > PAGE_CHARS_MAX)
  return (
    <Table caption="Published totals by entity, period, version and currency" footer={footer} {...(isWide ? WIDE : {})}>
      <thead>
        <tr>
          <HeadCell sticky>Period</HeadCell>
          <HeadCell>Version</HeadCell>
          <HeadCell>Kind</HeadCell>
          <HeadCell align="number">Lines</HeadCell>
          <HeadCell align="number">Debit</HeadCell>
          <HeadCell align="number">Credit</HeadCell>
          <HeadCell align="number" title="Debit minus credit">
            Net
          </HeadCell>
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
          <HeadCell>Waits behind it{isPast && ' (rejected only)'}</HeadCell>
        </tr>
      </thead>
      {slices.length === 0 && (
        <tbody>
          <EmptyRow columns={COLUMNS}>
            <EmptyState
              title="Nothing is published here"
              actions={<ButtonLink href={paths.totals()}>Show all totals</ButtonLink>}
            >
              {isPast
                ? 'At that publication no slice with these filters had lines; before the first one nothing was there.'
                : 'No slice with these filters has lines, and none waits.'}
            </EmptyState>
          </EmptyRow>
        </tbody>
      )}
      <SliceGroups slices={slices} names={names} columns={COLUMNS}>
        {(slice) => {
          const lines = paths.lines(linesOf(slice, scope))
          return (
            <>
              <SliceCells slice={slice} />
              {slice.total ? (
                <>
                  <Cell align="number">
                    <Opens href={lines} what="lines">
                      <Count value={slice.total.count} />
                    </Opens>
                  </Cell>
                  {(['debit', 'credit', 'net'] as const).map((measure) => (
                    <Cell key={measure} align="number">
                      <Opens href={lines} what={`lines behind the ${measure}`}>
                        <Amount value={slice.total![measure]} currency={slice.currency} alignTo={digits} />
                      </Opens>
                    </Cell>
                  ))}
                </>
              ) : (
                <Cell colSpan={4} className="text-end! text-ink-3">
                  nothing published
                </Cell>
              )}
              <Cell align="currency">{slice.currency}</Cell>
              <Cell>
                <Waits slice={slice} scope={scope} />
              </Cell>
            </>
          )
        }}
      </SliceGroups>
    </Table>
  )
}

/** The slice, at the same as-of. */
export const linesOf = ({ entity, period, version, currency, objectType, system }: Slice, { asOf }: Scope): LinesSearch => ({
  entity,
  period,
  version,
  currency,
  objectType,
  system,
  asOf,
})

function Opens({ href, what, children }: { href: string; what: string; children: ReactNode }) {
  return (
    <Link href={href} className="link-quiet" title={`Opens the ${what}`}>
      {children}
    </Link>
  )
}

function Waits({
  slice: { rejected, held, entity, period, version, currency },
  scope: { asOf },
}: {
  slice: PublishedRow
  scope: Scope
}) {
  if (!rejected && held.length === 0)
    return (
      <span className="text-ink-3">
        –<span className="visually-hidden"> nothing waits</span>
      </span>
    )
  const slice = { entity, period, version, asOf }
  return (
    <span className="inline-flex items-center gap-3">
      {rejected && (
        <Link
          href={
            rejected.onlyRunId === null
              ? paths.exceptions({ ...slice, class: 'business' })
              : paths.runRejected(rejected.onlyRunId, slice)
          }
          className="badge"
          data-tone="attention"
        >
          <CircleAlert className="icon" aria-hidden />
          {rejected.records.toLocaleString('en')} rejected
          <span>
            · <Amount value={rejected.debit} currency={currency} withCurrency inline />
          </span>
        </Link>
      )}
      {held.map(({ runId, records }) => (
        <Link key={runId} href={paths.run(runId, { asOf })} className="badge" data-tone="held">
          <CirclePause className="icon" aria-hidden />
          {records.toLocaleString('en')} held in run {runId}
        </Link>
      ))}
    </span>
  )
}
