import { byteWords, counted } from '#app/routes/_console/words.ts'
import { Progress } from '#app/ui/progress.tsx'
import { formatDuration } from '#app/ui/time.tsx'
import type { Screen } from './screen.ts'

const DOING = {
  extract: 'Asking the source',
  validate: 'Reading and judging the records',
  load: 'Comparing them with what stands',
  prove: 'Proving the control totals',
  publish: 'Publishing',
} as const

/** How far a running run is: what is known, and nothing guessed. */
export function LiveProgress({ screen: { run, stages, deliveries, computedAt } }: { screen: Screen }) {
  const { progress } = run
  if (!progress) return null
  const total = deliveries.reduce((sum, { byteCount }) => sum + byteCount, 0)
  const since = stages.find(({ stage }) => stage === 'validate')?.startedAt
  const ms = since ? new Date(computedAt).getTime() - new Date(since).getTime() : 0
  const isReading = progress.stage === 'validate'
  const perSecond = isReading && ms > 500 ? Math.round((progress.records * 1000) / ms) : null
  const parts = [
    counted(progress.records, 'record'),
    isReading && total > 0 ? `${byteWords(progress.bytes)} of ${byteWords(total)}` : null,
    perSecond !== null ? `${counted(perSecond, 'record')} a second` : null,
    run.startedAt ? formatDuration(new Date(computedAt).getTime() - new Date(run.startedAt).getTime()) : null,
  ].filter(Boolean)
  return (
    <Progress label={DOING[progress.stage]} value={isReading ? progress.bytes : total} max={total} text={parts.join(' · ')} />
  )
}
