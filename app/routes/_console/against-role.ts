import { COMMAND_POLICY, mayDo, type Actor, type CommandName } from '#server/domain/actor.ts'
import { ROLE_WORDS } from './role-words.ts'

/** Why this person's role cannot do it; null where it can. The service refuses the same. */
export function againstRole(actor: Actor, command: CommandName): string | null {
  if (mayDo(actor, command)) return null
  const allowed = COMMAND_POLICY[command].filter((role) => role !== 'service').map((role) => ROLE_WORDS[role])
  return `Your role, ${ROLE_WORDS[actor.role]}, does not allow this. It is for: ${allowed.join(', ')}.`
}
