import type { ReactNode } from 'react'
import { paths } from '#app/paths.ts'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Time } from '#app/ui/time.tsx'
import { TECHNICAL_FAILURES, type TechnicalCode } from '#server/domain/errors.ts'
import type { Screen } from './screen.ts'
import { WaitsFor } from './waits-for.tsx'

/** How the run stands, in its own words. */
export function stateSentence({ run }: Pick<Screen, 'run'>): ReactNode {
  switch (run.status) {
    case 'blocked':
      return 'Begins by itself when the jobs it comes after are ready.'
    case 'queued':
      return 'Waits for a worker, or for another run of the same job to end.'
    case 'running':
      return `Attempt ${run.attempt} of at most ${run.attemptsMax} is going on. Nothing is visible to others before it is published.`
    case 'waiting':
      return (
        <>
          Attempt {run.attempt} of at most {run.attemptsMax} failed for a reason that passes by itself. It is tried again at{' '}
          <Time at={run.dueAt} seconds showZone />.
        </>
      )
    case 'cancelled':
      return 'Cancelled. What it had prepared was undone; nothing was published.'
    default:
      return run.summary?.sentence ?? 'It ended without saying how.'
  }
}

/** What stands in the way, and what to do. */
export function StateNotice({ screen }: { screen: Screen }) {
  const { run, withdrawnBy, scope, attempts, claims, blockage, overtakenBy } = screen
  if (run.bulkReplayId !== null) {
    return (
      <Notice
        kind="info"
        title={`${run.isPreview ? 'A rehearsal' : 'A part'} of replay ${run.bulkReplayId}`}
        action={<Open href={paths.replay(run.bulkReplayId, scope)}>Open the replay</Open>}
      >
        {run.isPartial
          ? `It judged the selected records of run ${run.originRunId}, and no others of their artifacts.`
          : `It judged all of run ${run.originRunId}.`}{' '}
        {run.isPreview && 'It published nothing, and opened and closed no exception.'}
      </Notice>
    )
  }
  if (run.isPreview) {
    return (
      <Notice
        kind="info"
        title={`This is a preview of replaying run ${run.originRunId}`}
        action={run.originRunId && <Back screen={screen} />}
      >
        It was judged like any other run, published nothing, and opened and closed no exception.
      </Notice>
    )
  }
  if (blockage) return <WaitsFor waitsFor={blockage.waitsFor} scope={scope} />
  if (withdrawnBy) {
    return (
      <Notice kind="attention" title={`Publication ${run.publication} was taken back by publication ${withdrawnBy.publication}`}>
        Its lines no longer count. <Open href={paths.run(withdrawnBy.runId, scope)}>Run {withdrawnBy.runId}</Open> rolled it back.
      </Notice>
    )
  }
  if (screen.rollbackAsked) {
    const { requestedBy, requestedAt, reason, closedPeriods } = screen.rollbackAsked
    return (
      <Notice
        kind="attention"
        title={`${requestedBy} asks to roll publication ${run.publication} back in closed periods`}
        action={<Open href={paths.run(run.runId, { ...scope, do: 'decide' })}>Approve or decline</Open>}
      >
        “{reason}”, <Time at={requestedAt} />. Closed: {closedPeriods.join(', ')}. A controller who did not ask for it decides.
      </Notice>
    )
  }
  if (run.status === 'failed') {
    const last = attempts.at(-1)
    const known =
      last?.failureCode && last.failureCode in TECHNICAL_FAILURES ? TECHNICAL_FAILURES[last.failureCode as TechnicalCode] : null
    return (
      <Notice
        kind="broken"
        title={
          known ? `${known.title}. Nothing was published` : 'It failed for a reason we do not know yet. Nothing was published'
        }
      >
        {last?.failureDetail && <p>{last.failureDetail}</p>}
        {overtakenBy === null ? (
          <p>{known ? known.action : 'IT classifies it; restart the run when the cause is mended.'}</p>
        ) : (
          <p>
            <Open href={paths.run(overtakenBy, scope)}>Run {overtakenBy}</Open> is newer, so this one is not restarted. Where
            records of it are missing, run the job again, or preview a replay of this run.
          </p>
        )}
      </Notice>
    )
  }
  if (run.status === 'held' && run.settledByRunId !== null) {
    return (
      <Notice kind="info" title="It was held, and nothing of it is wanted any more">
        <Open href={paths.run(run.settledByRunId, scope)}>Run {run.settledByRunId}</Open> replayed it, extracted its slices anew,
        or was the last to bring what had passed in it. A record of it that was rejected may still wait under its exception.
      </Notice>
    )
  }
  if (run.status === 'held') {
    const untied = claims.filter((claim) => claim.ties === false).length
    return (
      <Notice kind="attention" title="Held until the cause is mended: what was published before still stands">
        {untied > 0
          ? 'What the source stated about itself does not agree with what arrived: see “What the source stated”. Ask for a correct delivery and load it.'
          : 'Records were rejected and this job publishes all or nothing: see the exceptions below. Mend the cause, then replay.'}{' '}
        It waits as a whole, until it is replayed or everything that passed in it has come with later loads.
      </Notice>
    )
  }
  return null
}

const Back = ({ screen: { run, scope } }: { screen: Screen }) => (
  <Open href={paths.run(run.originRunId!, { ...scope, do: 'replay', preview: `${run.runId}` })}>Decide on the replay</Open>
)

const Open = ({ href, children }: { href: string; children: ReactNode }) => (
  <Link href={href} className="link">
    {children}
  </Link>
)
