import { Ban, FlaskConical, Play, ShieldCheck } from 'lucide-react'
import type { ReactNode } from 'react'
import { paths, type ReplaySearch } from '#app/paths.ts'
import { Button, ButtonLink, type ButtonKind } from '#app/ui/button.tsx'
import { bulkReplayCan } from '#server/domain/bulk-replay.ts'
import type { ReplayAsked } from '#server/domain/replay-asked.ts'
import type { Screen } from './screen.ts'

/** What can be done with a replay. What cannot be says why; what is over is left out. */
export function ActionButtons({ screen }: { screen: Screen }) {
  const { replay, scope } = screen
  const { status, asked, rules, intoClosed } = replay
  const canAbort = bulkReplayCan('abort', status)
  return (
    <>
      {canAbort && (
        <Opens screen={screen} action="abort" icon={Ban}>
          {status === 'running' || status === 'aborting' ? 'Abort' : 'Discard'}
        </Opens>
      )}
      {status !== 'rehearsing' && (
        <ButtonLink
          href={paths.replayNew({ ...scope, ...againOf(asked), rules, closed: intoClosed ? 'ask' : undefined })}
          icon={FlaskConical}
        >
          Rehearse again
        </ButtonLink>
      )}
      {status === 'rehearsed' && (
        <Opens screen={screen} action="start" icon={Play} kind="primary">
          Replay…
        </Opens>
      )}
      {status === 'needs_approval' && (
        <Opens screen={screen} action="decide" icon={ShieldCheck} kind="primary">
          Approve or decline
        </Opens>
      )}
    </>
  )
}

/** The same selection, as an address says it. */
const againOf = ({ exceptions, run, publications, ...asked }: ReplayAsked) => ({
  ...asked,
  exceptions: exceptions?.join(','),
  run: run?.toString(),
  publications: publications?.toString(),
})

type OpensProps = {
  screen: Screen
  action: NonNullable<ReplaySearch['do']>
  icon: typeof Ban
  kind?: ButtonKind
  children: ReactNode
}

function Opens({ screen: { replay, reasons, scope }, action, icon, kind = 'secondary', children }: OpensProps) {
  const reason = reasons[action]
  if (reason) {
    return (
      <Button icon={icon} disabledReason={reason} reasonAlign="end">
        {children}
      </Button>
    )
  }
  return (
    <ButtonLink href={paths.replay(replay.bulkReplayId, { ...scope, do: action })} icon={icon} kind={kind} keepScroll>
      {children}
    </ButtonLink>
  )
}
