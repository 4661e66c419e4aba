import type { Queryable } from '#db/client.ts'
import { findNewerThanInput } from '#db/queries/overtaken.ts'
import { findPreviewRules, listClaims, sumRunOutcomes, type ClaimRow, type OutcomeSum } from '#db/queries/run-detail.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { ControlTotal, ReplayRules } from '#server/domain/run.ts'
import { findFacts, type RunFacts } from './run-detail.ts'
import { readRunReport, type ReportedException } from './run-report.ts'

/** A rehearsal of a replay, while it goes on and when it has ended. */
export type ReplayPreview = {
  readonly run: RunFacts
  readonly sums: readonly OutcomeSum[]
  readonly totals: readonly ControlTotal[]
  readonly exceptions: readonly ReportedException[]
  readonly brokenClaims: readonly ClaimRow[]
  readonly rules: ReplayRules
  /** A run whose data is newer than what would be replayed. */
  readonly newer: number | null
}

/** Throws Refusal (run_not_found) when the second is not a rehearsal of the first. */
export async function readReplayPreview(
  db: Queryable,
  runId: number,
  previewRunId: number,
  scope: readonly string[],
): Promise<ReplayPreview> {
  const [origin, run] = [await findFacts(db, runId, scope), await findFacts(db, previewRunId, scope)]
  if (!run.isPreview || run.originRunId !== runId)
    throw new Refusal('run_not_found', `${previewRunId} is no preview of run ${runId}`)
  const [report, sums, claims, rules, newer] = await Promise.all([
    readRunReport(db, previewRunId, scope),
    sumRunOutcomes(db, previewRunId, scope),
    listClaims(db, previewRunId),
    findPreviewRules(db, previewRunId, origin.correlationId),
    findNewerThanInput(db, runId, 'lane'),
  ])
  return {
    run,
    sums,
    totals: report.totals,
    exceptions: report.exceptions,
    brokenClaims: claims.filter((claim) => claim.ties === false),
    rules: rules ?? 'current',
    newer,
  }
}
