import { CONTROL_RULES, sentence } from './rules/catalogue.ts'
import type { Draft } from './exception.ts'
import type { RunStatus } from './run.ts'

/** A run in the time of a feed that did not bring it. records: what it read. */
export type FeedRun = { readonly runId: number; readonly status: RunStatus; readonly records: number }
export type FeedCode = 'feed_missing' | 'feed_empty' | 'feed_unpublished'

/**
 * What is wrong with a feed that has not come; null while it is only expected. A run that came back empty is told at once
 * when nothing else is planned before the time: whoever can mend it still has until then. A run that was held or failed is an
 * exception of its own before that time.
 */
export function feedVerdict({
  runs,
  isOverdue,
  runsAgain,
}: {
  runs: readonly FeedRun[]
  isOverdue: boolean
  /** The job is due by itself once more before the feed is. */
  runsAgain: boolean
}): FeedCode | null {
  const areAllEmpty = runs.length > 0 && runs.every(({ status }) => status === 'succeeded')
  if (!isOverdue) return areAllEmpty && !runsAgain ? 'feed_empty' : null
  if (runs.length === 0) return 'feed_missing'
  return areAllEmpty ? 'feed_empty' : 'feed_unpublished'
}

type Found = {
  readonly jobId: number
  readonly title: string
  readonly owner: string
  readonly code: FeedCode
  /** Expected times that it concerns, oldest first, as the wall of their zone shows them. */
  readonly by: readonly string[]
  readonly runs: readonly FeedRun[]
  readonly records: number
}

const TIMES_SHOWN = 10
const RUNS_SHOWN = 10

/** One exception a job and kind of finding, however many of its feeds it concerns. */
export function feedDraft({ jobId, title, owner, code, by, runs, records }: Found): Draft {
  const times = by.slice(0, TIMES_SHOWN).join('; ') + (by.length > TIMES_SHOWN ? ` and ${by.length - TIMES_SHOWN} more` : '')
  const found = runs
    .slice(0, RUNS_SHOWN)
    .map(({ runId, status, records: read }) => `run ${runId} ${status === 'succeeded' ? `read ${read} records` : `is ${status}`}`)
  return {
    fingerprint: [jobId, 'control', code].join('|'),
    failureClass: 'control',
    code,
    subject: { by: by[0] ?? '', owner },
    title: sentence(CONTROL_RULES[code].title, { job: title, by: by[0] ?? '' }),
    detail: `Expected by ${times}, at least ${records} records; found: ${found.length > 0 ? found.join(', ') : 'no run at all'}.`,
    entities: [],
    slices: [],
  }
}
