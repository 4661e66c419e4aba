import { Amount } from '#app/components/amount.tsx'
import { byteWords, counted } from '#app/routes/_console/words.ts'
import { Progress } from '#app/ui/progress.tsx'
import { formatDuration } from '#app/ui/time.tsx'
import { paceOf } from './pace-of.ts'
import type { Screen } from './screen.ts'

const DOING = {
  extract: 'Asking the source',
  validate: 'Reading and judging the records',
  load: 'Comparing them with what stands',
  prove: 'Proving the control totals',
  publish: 'Publishing',
} as const

/** How far a running run is: what is known, and nothing guessed. Time left is that of reading, at the pace so far. */
export function LiveProgress({ screen: { run, stages, deliveries, computedAt } }: { screen: Screen }) {
  const { progress } = run
  if (!progress) return null
  const total = progress.bytesTotal || deliveries.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const isReading = progress.stage === 'validate'
  const since = stages.find(({ stage }) => stage === 'validate')?.startedAt
  const pace = isReading && since ? paceOf({ ...progress, bytesTotal: total }, since, computedAt) : null
  const parts = [
    counted(progress.records, 'record'),
    isReading && total > 0 ? `${byteWords(progress.bytes)} of ${byteWords(total)}` : null,
    pace ? `${counted(pace.recordsPerSecond, 'record')} a second` : null,
    pace && pace.leftMs !== null ? `about ${formatDuration(pace.leftMs)} of reading left` : null,
    run.startedAt ? formatDuration(new Date(computedAt).getTime() - new Date(run.startedAt).getTime()) : null,
  ].filter(Boolean)
  const amounts = progress.amounts ?? []
  return (
    <div className="grid gap-1">
      <Progress label={DOING[progress.stage]} value={isReading ? progress.bytes : total} max={total} text={parts.join(' · ')} />
      {amounts.length > 0 && (
        <p className="meta">
          {isReading ? 'Debit read so far: ' : 'Debit read: '}
          {amounts.map(({ currency, debit }, index) => (
            <span key={currency}>
              {index > 0 && ', '}
              <Amount value={debit} currency={currency} withCurrency inline />
            </span>
          ))}
          {isReading && '. Nothing of it is published yet.'}
        </p>
      )}
    </div>
  )
}
