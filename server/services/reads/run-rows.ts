import type { Database, Queryable } from '#db/client.ts'
import { readArtifact } from '#db/queries/artifacts.ts'
import { findDelivery } from '#db/queries/run-detail.ts'
import {
  countRejectedByCode,
  listRejectedRows,
  listRepeatRows,
  sumRejectedRows,
  sumRepeatRows,
  type RejectedCause,
  type RejectedRow,
  type RepeatKey,
  type RepeatRow,
  type RowsFilter,
  type SumRow,
} from '#db/queries/run-records.ts'
import { isRunInScope, isRunWholeInScope } from '#db/queries/run-screens.ts'
import { findRun } from '#db/queries/runs.ts'
import { Refusal } from '#server/domain/errors.ts'
import { withCertainty, type Certain } from './certainty.ts'

const PAGE_ROWS = 100

type RunHead = { readonly runId: number; readonly title: string; readonly job: string; readonly publication: number | null }

export type RejectedView = {
  readonly run: RunHead
  readonly rows: readonly Certain<RejectedRow>[]
  readonly sums: readonly SumRow[]
  readonly causes: readonly RejectedCause[]
  readonly next: number | null
  readonly computedAt: string
}

/** One page of the records a run rejected. Throws Refusal (run_not_found). */
export async function readRejected(
  db: Queryable,
  filter: RowsFilter & { code?: string | undefined; after?: number | undefined },
  now: Date,
): Promise<RejectedView> {
  const run = await findHead(db, filter)
  const [found, sums, causes] = await Promise.all([
    listRejectedRows(db, { ...filter, limit: PAGE_ROWS + 1 }),
    sumRejectedRows(db, filter),
    countRejectedByCode(db, filter.runId, filter.scope),
  ])
  const rows = await withCertainty(db, found.slice(0, PAGE_ROWS), filter.scope)
  return {
    run,
    rows,
    sums,
    causes,
    next: found.length > PAGE_ROWS ? rows.at(-1)!.rejectedId : null,
    computedAt: now.toISOString(),
  }
}

export type RepeatsView = {
  readonly run: RunHead
  readonly rows: readonly Certain<RepeatRow>[]
  readonly sums: readonly SumRow[]
  readonly next: RepeatKey | null
  readonly computedAt: string
}

/** One page of the records of a run that added no line. Throws Refusal (run_not_found). */
export async function readRepeats(
  db: Queryable,
  filter: RowsFilter & { outcome?: string | undefined; after?: RepeatKey | undefined },
  now: Date,
): Promise<RepeatsView> {
  const run = await findHead(db, filter)
  const [found, sums] = await Promise.all([listRepeatRows(db, { ...filter, limit: PAGE_ROWS + 1 }), sumRepeatRows(db, filter)])
  const rows = await withCertainty(db, found.slice(0, PAGE_ROWS), filter.scope)
  return { run, rows, sums, next: found.length > PAGE_ROWS ? rows.at(-1)! : null, computedAt: now.toISOString() }
}

export type Delivery = { readonly name: string; readonly byteCount: number; readonly bytes: AsyncIterable<Uint8Array> }

/** The original bytes of a delivery. Throws Refusal (run_not_found, artifact_not_found, outside_entity_scope). */
export async function readDelivery(
  db: Database,
  { runId, artifactId, scope }: { runId: number; artifactId: number; scope: readonly string[] },
): Promise<Delivery> {
  await findHead(db, { runId, scope })
  const found = await findDelivery(db, runId, artifactId)
  if (!found) throw new Refusal('artifact_not_found', `${artifactId} of run ${runId}`)
  if (!(await isRunWholeInScope(db, runId, scope)))
    throw new Refusal('outside_entity_scope', 'the file holds records of other entities')
  return { ...found, bytes: readArtifact(db, artifactId) }
}

async function findHead(db: Queryable, { runId, scope }: { runId: number; scope: readonly string[] }): Promise<RunHead> {
  const found = (await isRunInScope(db, runId, scope)) ? await findRun(db, runId) : null
  if (!found) throw new Refusal('run_not_found', String(runId))
  return { runId, title: found.job.title, job: found.job.job, publication: found.run.publication }
}
