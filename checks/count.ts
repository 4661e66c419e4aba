import { z } from 'zod'

export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number }

const UnitReport = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), numPendingTests: z.int(), numTodoTests: z.int() })
const JourneyReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
})

/** Null when there is no report to read: the tool crashed before it could write one. */
export function unitCounts(report: unknown): Counts | null {
  const { data } = UnitReport.safeParse(report)
  if (!data) return null
  return { passed: data.numPassedTests, failed: data.numFailedTests, skipped: data.numPendingTests + data.numTodoTests }
}

/** A journey that passed only when it was tried again has failed. */
export function journeyCounts(report: unknown): Counts | null {
  const { data } = JourneyReport.safeParse(report)
  if (!data) return null
  const { expected, unexpected, flaky, skipped } = data.stats
  return { passed: expected, failed: unexpected + flaky, skipped }
}

/** What a step counts for, its exit code considered: one that ended badly has a failure, and so has one that tested nothing. */
export function settled(endedWell: boolean, counts: Counts | null): Counts {
  if (!counts) return { passed: 0, failed: 1, skipped: 0 }
  if (endedWell && counts.passed + counts.failed > 0) return counts
  // A check that ended badly did not pass as well.
  if (counts.failed === 0 && counts.passed === 1) return { ...counts, passed: 0, failed: 1 }
  return { ...counts, failed: Math.max(1, counts.failed) }
}

export function summary(results: readonly { readonly name: string; readonly counts: Counts }[]) {
  const sum = (of: keyof Counts) => results.reduce((total, { counts }) => total + counts[of], 0)
  const failed = results.filter(({ counts }) => counts.failed > 0).map(({ name }) => name)
  return {
    failed: failed.length > 0,
    lines: [
      ...(failed.length > 0 ? [`Not in order: ${failed.join(', ')}`] : []),
      ...(sum('skipped') > 0 ? [`Skipped: ${sum('skipped')}`] : []),
      `${sum('passed')} passed, ${sum('failed')} failed`,
    ],
  }
}
