import type { ReactNode } from 'react'
import { Amount } from '#app/components/amount.tsx'
import { paths, type Scope } from '#app/paths.ts'
import { Delta } from '#app/ui/delta.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Figure } from '#app/ui/figure.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Cell, EmptyRow, HeadCell, Table } from '#app/ui/table.tsx'
import type { RunStatus } from '#server/domain/run.ts'
import { digitsOf, SliceCells, SliceGroups, WIDE, type Slice } from './slice-groups.tsx'
import { isZero } from './state-words.ts'

export type CheckpointRow = Slice & {
  readonly runId: number
  readonly job: string
  readonly status: RunStatus
  readonly publication: number | null
  readonly withdrawn: boolean
  readonly withdrawnRunId: number | null
  readonly extracted: string
  readonly accepted: string
  readonly rejected: string
  readonly duplicate: string
  readonly loaded: string
  readonly corrected: string
  readonly difference: string
  readonly waiting: number
}

type Props = {
  slices: readonly CheckpointRow[]
  measure: string
  names: Readonly<Record<string, string | null>>
  scope: Scope
  footer: ReactNode
}
const COLUMNS = 11

/** From what the source sent to what was loaded, of the last run that covered each slice and was not withdrawn. */
export function CheckpointTable({ slices, measure, names, scope, footer }: Props) {
  const isCount = measure === 'records'
  const digits = isCount ? 0 : digitsOf(slices.map(({ extracted }) => extracted))
  return (
    <Table
      caption={`${isCount ? 'Records' : measure} at each checkpoint of the last run`}
      footer={footer}
      {...(isCount ? {} : WIDE)}
    >
      <thead>
        <tr>
          <HeadCell sticky>Period</HeadCell>
          <HeadCell>Version</HeadCell>
          <HeadCell>Kind</HeadCell>
          <HeadCell>Last run</HeadCell>
          <HeadCell align="number">Source</HeadCell>
          <HeadCell align="number">Accepted</HeadCell>
          <HeadCell align="number">Rejected</HeadCell>
          <HeadCell align="number">Loaded</HeadCell>
          <HeadCell align="number" title="Source minus loaded">
            Source − loaded
          </HeadCell>
          <HeadCell align="currency" hidden>
            Currency
          </HeadCell>
          <HeadCell>Behind it</HeadCell>
        </tr>
      </thead>
      {slices.length === 0 && (
        <tbody>
          <EmptyRow columns={COLUMNS}>
            <EmptyState title="No run covered these slices">
              Choose another entity, period or version above, or an as-of after the first run.
            </EmptyState>
          </EmptyRow>
        </tbody>
      )}
      <SliceGroups
        slices={slices}
        names={names}
        columns={COLUMNS}
        rowKey={(slice) =>
          `${slice.runId} ${slice.entity} ${slice.period} ${slice.version} ${slice.currency} ${slice.objectType}`
        }
      >
        {(slice) => {
          const run = paths.run(slice.runId, scope)
          const value = (text: string) =>
            isCount ? <Figure value={text} /> : <Amount value={text} currency={slice.currency} alignTo={digits} />
          const inRun = { entity: slice.entity, period: slice.period, version: slice.version }
          return (
            <>
              <SliceCells slice={slice} />
              <Cell fit>
                <Link href={run} className="link-quiet inline-flex items-center gap-2" title={slice.job}>
                  <span className="tabular">{slice.runId}</span>
                  <span className="mono hidden text-ink-3 min-[1500px]:inline">{slice.job}</span>
                </Link>
              </Cell>
              <Cell align="number">{value(slice.extracted)}</Cell>
              <Cell align="number">{value(slice.accepted)}</Cell>
              <Cell align="number">
                {isZero(slice.rejected) ? (
                  value(slice.rejected)
                ) : (
                  <Link href={paths.runRejected(slice.runId, inRun)} className="link-quiet">
                    {value(slice.rejected)}
                  </Link>
                )}
              </Cell>
              <Cell align="number">
                {slice.status === 'held' ? <span className="text-held">held</span> : value(slice.loaded)}
              </Cell>
              <Cell align="number">
                <Delta value={slice.difference} of="source minus loaded" alignTo={digits} />
              </Cell>
              <Cell align="currency">{isCount ? '' : slice.currency}</Cell>
              <Cell>
                <Behind slice={slice} scope={inRun} />
              </Cell>
            </>
          )
        }}
      </SliceGroups>
    </Table>
  )
}

function Behind({ slice, scope }: { slice: CheckpointRow; scope: Scope }) {
  const parts = [
    slice.status === 'held' && (
      <Link key="held" href={paths.run(slice.runId)} className="badge" data-tone="held">
        whole load held
      </Link>
    ),
    !isZero(slice.rejected) &&
      (slice.waiting > 0 ? (
        <Link key="waiting" href={paths.exceptions({ ...scope, class: 'business' })} className="badge" data-tone="attention">
          {slice.waiting.toLocaleString('en')} rejected wait
        </Link>
      ) : (
        <span key="mended" className="text-ink-3">
          rejected, mended since
        </span>
      )),
    !isZero(slice.corrected) && (
      <Link key="corrected" href={paths.corrections({ run: `${slice.runId}` })} className="link-quiet">
        corrected by <Delta value={slice.corrected} of="corrected" />
      </Link>
    ),
    !isZero(slice.duplicate) && (
      <Link key="duplicate" href={paths.runRepeats(slice.runId, { ...scope, outcome: 'duplicate' })} className="link-quiet">
        sent twice
      </Link>
    ),
    slice.withdrawn && <span key="withdrawn">withdrawn since</span>,
    slice.withdrawnRunId !== null && (
      <Link key="later" href={paths.run(slice.withdrawnRunId)} className="link-quiet">
        later run {slice.withdrawnRunId} withdrawn
      </Link>
    ),
  ].filter(Boolean)
  return parts.length > 0 ? (
    <span className="inline-flex items-center gap-2">{parts}</span>
  ) : (
    <span className="text-ink-3">–</span>
  )
}
