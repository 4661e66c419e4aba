import type { Queryable } from '#db/client.ts'
import { findOrigin, findStanding, listAuditKeys, listCheckpoints, type KeyRow, type Standing } from '#db/queries/audit-log.ts'
import { shown, type ShownCheckpoint } from './audit-view.ts'

export type CheckpointsView = {
  readonly origin: string
  readonly standing: Standing
  /** Newest first; the older ones are in the exported bundles. */
  readonly checkpoints: readonly ShownCheckpoint[]
  readonly keys: readonly KeyRow[]
  readonly computedAt: string
}

const SHOWN_MAX = 50

export async function readCheckpoints(db: Queryable, now: Date): Promise<CheckpointsView> {
  const [origin, standing, checkpoints, keys] = await Promise.all([
    findOrigin(db),
    findStanding(db),
    listCheckpoints(db, SHOWN_MAX),
    listAuditKeys(db),
  ])
  return { origin, standing, checkpoints: checkpoints.map(shown), keys, computedAt: now.toISOString() }
}
