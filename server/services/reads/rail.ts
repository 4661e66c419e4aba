import type { Queryable } from '#db/client.ts'
import { countOpenExceptions } from '#db/queries/exceptions.ts'
import { countStoppedRuns } from '#db/queries/rail.ts'
import { countSupersededOf } from '#db/queries/reconciliation-screens.ts'
import { listViews, type SavedView } from '#db/queries/views.ts'
import type { Actor, Role } from '#server/domain/actor.ts'
import { mayChangeView, splitLook, type ViewLook } from '#server/domain/saved-view.ts'
import { EXCEPTION_GROUPS, type ExceptionGroup } from './exceptions-view.ts'
import { readScopeOptions, type ScopeOptions } from './scope-options.ts'

/** What this person must act on. Each kind of exceptions is a figure of its own, never one sum; kinds that are for others are left out. */
export type RailCounts = {
  readonly exceptions: readonly { readonly group: ExceptionGroup; readonly count: number }[]
  /** What this person signed, and what moved since. */
  readonly superseded: number
  readonly runs: number
  readonly runsFailed: boolean
}
/** `query` is its address; `look` how its rows look, where it keeps that. */
export type ViewOfPerson = SavedView & { readonly look: ViewLook | null; readonly mayChange: boolean }
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
  return {
    counts,
    options,
    views: views.map((view) => ({ ...view, ...splitLook(view.query), mayChange: mayChangeView(view, actor.role) })),
  }
}

/** Whose queues these are, the first the one they begin with. */
const RAIL_GROUPS: Readonly<Record<Exclude<Role, 'auditor'>, readonly ExceptionGroup[]>> = {
  finance_operations: ['business', 'control'],
  controller: ['business', 'control'],
  it: ['technical', 'unclassified'],
  admin: ['business', 'control', 'technical', 'unclassified'],
}

const inGroup = (open: Awaited<ReturnType<typeof countOpenExceptions>>, group: ExceptionGroup): number =>
  EXCEPTION_GROUPS[group].reduce((sum, failureClass) => sum + open[failureClass], 0)

async function countForRail(db: Queryable, { name, role, entityScope }: Actor): Promise<RailCounts> {
  // An auditor acts on nothing, so nothing is counted.
  if (role === 'auditor' || role === 'service') return { exceptions: [], superseded: 0, runs: 0, runsFailed: false }
  const [open, stopped, superseded] = await Promise.all([
    countOpenExceptions(db, entityScope),
    countStoppedRuns(db, entityScope),
    countSupersededOf(db, name, entityScope),
  ])
  const exceptions = RAIL_GROUPS[role].map((group) => ({ group, count: inGroup(open, group) }))
  return { exceptions, superseded, runs: stopped.held + stopped.failed, runsFailed: stopped.failed > 0 }
}
