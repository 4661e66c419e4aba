import { againstFirst, againstRole } from '#app/routes/_console/against-role.ts'
import type { Actor } from '#server/domain/actor.ts'
import { runCan, type RunAction, type RunStatus } from '#server/domain/run.ts'
import type { RunDetail } from '#app/.server/reads.ts'

export type Reasons = Readonly<Record<RunAction | 'confirmReplay' | 'decideRollback', string | null>>

const STATUS_WORDS: Record<RunStatus, string> = {
  blocked: 'waits for other jobs',
  queued: 'is waiting for its turn',
  running: 'is still going on',
  waiting: 'will be tried again by itself',
  succeeded: 'succeeded',
  held: 'was held',
  failed: 'failed',
  cancelled: 'was cancelled',
  rehearsed: 'is a preview',
}

/** Why a button cannot be pressed, by role first, then by what the run is. Null where it can. */
export function reasonsAgainst(
  actor: Actor,
  {
    run,
    withdrawnBy,
    deliveries,
    rollbackAsked,
    overtakenBy,
  }: Pick<RunDetail, 'run' | 'withdrawnBy' | 'deliveries' | 'rollbackAsked' | 'overtakenBy'>,
): Reasons {
  const now = `This run ${STATUS_WORDS[run.status]}`
  const replayable = !runCan('replay', run.status)
    ? `${now}; a run is replayed when it has ended.`
    : run.trigger === 'rollback'
      ? 'A rollback read no input, so there is nothing to replay.'
      : run.isPartial
        ? 'This run judged some records of its artifacts: replay those that wait.'
        : deliveries.length === 0
          ? 'This run kept no input, so there is nothing to replay.'
          : !run.isInputWhole
            ? 'This run did not read its source to the end: restart it, or run its job.'
            : null
  const retractable =
    run.publication === null || !runCan('rollback', run.status)
      ? 'This run published nothing, so there is nothing to roll back.'
      : withdrawnBy
        ? `Publication ${withdrawnBy.publication} has taken this one back already.`
        : null
  return {
    cancel: againstRole(actor, 'cancelRun') ?? (runCan('cancel', run.status) ? null : `${now}, so there is nothing to cancel.`),
    restart:
      againstRole(actor, 'restartRun') ??
      (!runCan('restart', run.status)
        ? `${now}; only a failed or cancelled run is restarted.`
        : overtakenBy !== null
          ? `Run ${overtakenBy} is newer: restarted after it, this one would put old values back. ${replayable === null ? 'Replay it, which shows first what would move' : 'Run its job'}.`
          : null),
    replay: againstRole(actor, 'previewReplay') ?? replayable,
    confirmReplay: againstRole(actor, 'replayRun') ?? replayable,
    rollback: againstRole(actor, 'rollbackRun') ?? retractable,
    decideRollback:
      againstRole(actor, 'decideRollback') ??
      (rollbackAsked === null ? 'Nobody asked to roll it back into closed periods.' : null) ??
      againstFirst(actor, rollbackAsked?.requestedBy, 'asked for'),
  }
}
