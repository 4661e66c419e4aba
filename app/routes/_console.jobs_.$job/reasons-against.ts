import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { COMMAND_POLICY, mayDo, type Actor, type CommandName } from '#server/domain/actor.ts'
import type { JobDefinition } from '#server/domain/job.ts'

export type Reasons = Readonly<Record<'run' | 'load' | 'pause' | 'resume' | 'schedule', string | null>>

/** Why a button cannot be pressed, by role first, then by what the job is. Null where it can. */
export function reasonsAgainst(
  actor: Actor,
  { definition, pausedAt }: { readonly definition: Pick<JobDefinition, 'schedule' | 'source'>; readonly pausedAt: string | null },
): Reasons {
  const isLoaded = definition.source.type === 'file' ? 'People load its files, so nothing can start it by itself.' : null
  return {
    run: byRole(actor, 'startRun'),
    load: byRole(actor, 'loadFile'),
    pause:
      byRole(actor, 'pauseJob') ??
      (pausedAt !== null
        ? 'It is paused already.'
        : (isLoaded ?? (isStartedByItself(definition) ? null : 'Nothing starts it by itself, so there is nothing to pause.'))),
    resume: byRole(actor, 'resumeJob') ?? (pausedAt === null ? 'It is not paused.' : null),
    schedule: byRole(actor, 'changeSchedule') ?? isLoaded,
  }
}

const isStartedByItself = ({ schedule, source }: Pick<JobDefinition, 'schedule' | 'source'>) =>
  schedule !== undefined || source.type === 'folder'

function byRole(actor: Actor, command: CommandName): string | null {
  if (mayDo(actor, command)) return null
  const allowed = COMMAND_POLICY[command].filter((role) => role !== 'service').map((role) => ROLE_WORDS[role])
  return `Your role, ${ROLE_WORDS[actor.role]}, does not allow this. It is for: ${allowed.join(', ')}.`
}
