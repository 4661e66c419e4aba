import { CircleCheckBig, Gauge, Hand, Hourglass, Play, RotateCcw, Undo2, UserPlus, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { paths, type ExceptionSearch } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { isEnding } from '#server/domain/triage.ts'
import { Seen } from './act-parts.tsx'
import type { Screen } from './screen.ts'
import { useAct } from './use-act.ts'

/** What a person can do with it now. What cannot be done by them says why; what the state does not know is left out. */
export function Acts({ screen }: { screen: Screen }) {
  const { exception, reasons, me } = screen
  const { state, assignee, closedAt } = exception
  if (closedAt !== null) return null
  if (isEnding(state))
    return (
      <div className="flex flex-wrap gap-2">
        <Opens screen={screen} does="reopen" icon={RotateCcw} against={reasons.reopen}>
          Take up again
        </Opens>
      </div>
    )
  return (
    <div className="flex flex-wrap gap-2">
      {assignee !== me && (
        <AtOnce screen={screen} fields={{ act: 'take' }} icon={Hand} against={reasons.assign}>
          Take it
        </AtOnce>
      )}
      <Opens screen={screen} does="assign" icon={UserPlus} against={reasons.assign}>
        Assign
      </Opens>
      {state !== 'in_progress' && (
        <AtOnce screen={screen} fields={{ act: 'move', to: 'in_progress' }} icon={Play} against={reasons.move}>
          Begin
        </AtOnce>
      )}
      {state !== 'waiting_for_replay' && (
        <AtOnce screen={screen} fields={{ act: 'move', to: 'waiting_for_replay' }} icon={Hourglass} against={reasons.move}>
          Waits for a replay
        </AtOnce>
      )}
      {(state === 'in_progress' || state === 'waiting_for_replay') && (
        <AtOnce screen={screen} fields={{ act: 'move', to: 'open' }} icon={Undo2} against={reasons.move}>
          Back to open
        </AtOnce>
      )}
      <Opens screen={screen} does="severity" icon={Gauge} against={reasons.severity}>
        Severity
      </Opens>
      <Opens screen={screen} does="end" icon={CircleCheckBig} against={reasons.end}>
        Propose an end
      </Opens>
    </div>
  )
}

type OpensProps = {
  screen: Screen
  does: NonNullable<ExceptionSearch['do']>
  icon: LucideIcon
  against: string | null
  kind?: 'primary' | 'secondary'
  children: ReactNode
}

export function Opens({ screen: { exception, scope }, does, icon, against, kind = 'secondary', children }: OpensProps) {
  if (against)
    return (
      <Button icon={icon} disabledReason={against}>
        {children}
      </Button>
    )
  return (
    <ButtonLink href={paths.exception(exception.exceptionId, { ...scope, do: does })} icon={icon} kind={kind} keepScroll>
      {children}
    </ButtonLink>
  )
}

type AtOnceProps = {
  screen: Screen
  fields: Readonly<Record<string, string>>
  icon: LucideIcon
  against: string | null
  children: ReactNode
}

/** Done with one press; a toast takes it back. */
export function AtOnce({ screen, fields, icon, against, children }: AtOnceProps) {
  const { exceptionId } = screen.exception
  const { Form, isSending } = useAct(exceptionId, { tellsRefusal: true })
  return (
    <Form method="post" action={paths.exception(exceptionId, screen.scope)}>
      <Seen screen={screen} />
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit" icon={icon} disabledReason={against} pending={isSending}>
        {children}
      </Button>
    </Form>
  )
}
