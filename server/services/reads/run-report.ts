import type { Queryable } from '#db/client.ts'
import { listCauses } from '#db/load/exceptions.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findRunWords } from '#db/queries/run-sentence.ts'
import { findRun } from '#db/queries/runs.ts'
import { listRunTotals } from '#db/queries/totals.ts'
import { Refusal, type FailureClass } from '#server/domain/errors.ts'
import { businessDraft } from '#server/domain/exception.ts'
import type { ControlTotal, RecordCounts, RunStatus } from '#server/domain/run.ts'

export type ReportedException = {
  class: FailureClass
  code: string
  occurrences: number
  amount: string | null
  currency: string | null
  detail: string
  exceptionId: number | null
}

export type RunReport = {
  runId: number
  job: string
  outcome: RunStatus
  isPreview: boolean
  publication: number | null
  attempts: number
  sentence: string
  totals: ControlTotal[]
  exceptions: ReportedException[]
  lines: RecordCounts
  members: RecordCounts
}

const NONE: RecordCounts = { new: 0, changed: 0, unchanged: 0, duplicate: 0, rejected: 0, removed: 0 }

/** Everything a run came to, for the CLI and for schedulers. Throws Refusal (run_not_found). */
export async function readRunReport(db: Queryable, runId: number, scope: readonly string[]): Promise<RunReport> {
  const found = await findRun(db, runId)
  if (!found) throw new Refusal('run_not_found', String(runId))
  const { run, job } = found
  const { summary } = run
  const words = await findRunWords(db, runId, scope)
  return {
    runId,
    job: job.job,
    outcome: run.isPreview && summary ? summary.outcome : run.status,
    isPreview: run.isPreview,
    publication: run.publication,
    attempts: run.attempt,
    sentence: words.sentence ?? '',
    totals: await listRunTotals(db, runId, scope),
    exceptions: run.isPreview ? await foreseen(db, runId, run.jobId, scope) : await raised(db, runId, scope),
    lines: (words.isWhole ? summary?.lines : words.lines) ?? NONE,
    members: (words.isWhole ? summary?.members : words.members) ?? NONE,
  }
}

async function raised(db: Queryable, runId: number, scope: readonly string[]): Promise<ReportedException[]> {
  const rows = await listExceptions(db, { runId, scope })
  return rows.reverse().map((row) => {
    const [only, second] = row.amounts
    const single = only && !second ? only : null
    return {
      class: row.failureClass,
      code: row.code,
      occurrences: row.occurrences,
      // Members have no amount: what waits behind them has no money of its own.
      amount: single && (single.currency !== '' || row.failureClass === 'control') ? single.amount : null,
      currency: single?.currency || null,
      detail: row.detail ? `${row.title}. ${row.detail}` : row.title,
      exceptionId: row.exceptionId,
    }
  })
}

/** A rehearsal opens no exception; it says which ones it would open. */
async function foreseen(db: Queryable, runId: number, jobId: number, scope: readonly string[]): Promise<ReportedException[]> {
  const causes = await listCauses(db, runId, { scope })
  return causes.map((cause) => {
    const { code, title, detail, failureClass } = businessDraft(jobId, cause)
    return {
      class: failureClass,
      code,
      occurrences: cause.occurrences,
      amount: null,
      currency: null,
      detail: detail ? `${title}. ${detail}` : title,
      exceptionId: null,
    }
  })
}
