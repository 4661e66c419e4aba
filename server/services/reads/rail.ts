import type { Queryable } from '#db/client.ts'
import { countOpenExceptions } from '#db/queries/exceptions.ts'
import { countStoppedRuns } from '#db/queries/rail.ts'
import { listViews, type SavedView } from '#db/queries/views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { readScopeOptions, type ScopeOptions } from './scope-options.ts'

/** What this person must act on; 0 where it is for others to act. */
export type RailCounts = { readonly exceptions: number; readonly runs: number; readonly runsFailed: boolean }
export type ViewOfPerson = SavedView
export type Frame = {
  readonly counts: RailCounts
  readonly options: ScopeOptions
  /** The person's own views of all lists, and those of the team. */
  readonly views: readonly ViewOfPerson[]
}

/** What stands around every screen: the counts of the rail and the choices of the scope bar. */
export async function readFrame(db: Queryable, actor: Actor): Promise<Frame> {
  const [counts, options, views] = await Promise.all([
    countForRail(db, actor),
    readScopeOptions(db, actor.entityScope),
    listViews(db, actor.name),
  ])
  return { counts, options, views }
}

async function countForRail(db: Queryable, { role, entityScope }: Actor): Promise<RailCounts> {
  // An auditor acts on nothing, so nothing is counted.
  if (role === 'auditor' || role === 'service') return { exceptions: 0, runs: 0, runsFailed: false }
  const [open, stopped] = await Promise.all([countOpenExceptions(db, entityScope), countStoppedRuns(db, entityScope)])
  const ofFinance = open.business + open.control
  const ofIt = open.technical_transient + open.technical_permanent + open.unclassified
  const exceptions = role === 'it' ? ofIt : role === 'admin' ? ofFinance + ofIt : ofFinance
  return { exceptions, runs: stopped.held + stopped.failed, runsFailed: stopped.failed > 0 }
}
