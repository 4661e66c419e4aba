import { Ban, FlaskConical, ListChecks, RotateCw, Undo2 } from 'lucide-react'
import { paths, type RunSearch } from '#app/paths.ts'
import type { ReactNode } from 'react'
import { Button, ButtonLink, type ButtonKind } from '#app/ui/button.tsx'
import { hasEnded, runCan, type RunAction } from '#server/domain/run.ts'
import type { Screen } from './screen.ts'

/** What can be done with the run. What cannot be says why; what could never be is left out. */
export function ActionButtons({ screen }: { screen: Screen }) {
  const { run, scope } = screen
  const rejected = (run.summary?.lines.rejected ?? 0) + (run.summary?.members.rejected ?? 0)
  const isRollback = run.trigger === 'rollback'
  const canRestart = runCan('restart', run.status)
  return (
    <>
      {!hasEnded(run.status) && (
        <Opens screen={screen} action="cancel" icon={Ban}>
          Cancel this run
        </Opens>
      )}
      {canRestart && (
        <Opens screen={screen} action="restart" icon={RotateCw} kind="primary">
          Restart this run
        </Opens>
      )}
      {rejected > 0 && !run.isPreview && (
        <ButtonLink href={paths.replayNew({ ...scope, run: `${run.runId}` })} icon={ListChecks}>
          Replay what waits
        </ButtonLink>
      )}
      {!isRollback && !run.isPreview && (
        <Opens screen={screen} action="replay" icon={FlaskConical} kind={run.status === 'held' ? 'primary' : 'secondary'}>
          Preview a replay
        </Opens>
      )}
      {!run.isPreview && (
        <Opens screen={screen} action="rollback" icon={Undo2}>
          {run.publication === null ? 'Roll back' : `Roll back publication ${run.publication}`}
        </Opens>
      )}
    </>
  )
}

type OpensProps = {
  screen: Screen
  action: RunAction & RunSearch['do']
  icon: typeof Ban
  kind?: ButtonKind
  children: ReactNode
}

function Opens({ screen: { run, reasons, scope }, action, icon, kind = 'secondary', children }: OpensProps) {
  const reason = reasons[action]
  if (reason) {
    return (
      <Button icon={icon} disabledReason={reason} reasonAlign="end">
        {children}
      </Button>
    )
  }
  return (
    <ButtonLink href={paths.run(run.runId, { ...scope, do: action })} icon={icon} kind={kind} keepScroll>
      {children}
    </ButtonLink>
  )
}
