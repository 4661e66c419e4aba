import { enqueueRuns } from '#db/queries/queue.ts'
import { listBlockedRuns, setWaitsFor, type BlockedRun } from '#db/queries/ticks.ts'
import { SCHEDULER } from '#server/domain/actor.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { readWaiting } from './waits-for.ts'

const PAGE_RUNS = 1_000

/**
 * Lets blocked runs go whose dependencies are ready, and says of the others what they still wait for. Called when a run
 * ends, with its job, and now and then for all: whoever was killed in between is made up for. Returns those let go.
 */
export async function releaseRuns(context: Context, waitingFor?: string): Promise<number[]> {
  const released: number[] = []
  for (let after = 0; ; ) {
    const blocked = await listBlockedRuns(context.db, after, PAGE_RUNS, waitingFor)
    const last = blocked.at(-1)
    if (!last) return released
    const waiting = await readWaiting(
      context.db,
      blocked.flatMap((run) => run.after),
    )
    for (const run of blocked) {
      const left = waiting(run.after, new Date(run.dueAt))
      if (left.join() === run.waitsFor.join()) continue
      if (await release(context, run, left)) released.push(run.runId)
    }
    after = last.runId
  }
}

async function release(context: Context, { runId, job, correlationId, waitsFor }: BlockedRun, left: string[]): Promise<boolean> {
  return perform(context, { name: 'releaseRun', actor: SCHEDULER, request: { runId, left }, correlationId }, async (tx) => {
    const isBlocked = await setWaitsFor(tx, runId, left)
    if (!isBlocked || left.length > 0) return { result: false, entities: [], audit: null }
    await enqueueRuns(tx, [runId])
    const audit = { action: 'run.released', objectType: 'run', objectId: String(runId), before: { waitsFor }, after: { job } }
    return { result: true, entities: [], audit }
  })
}
