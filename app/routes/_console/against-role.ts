import { COMMAND_POLICY, firstIs, mayDo, type Actor, type CommandName } from '#server/domain/actor.ts'
import { ROLE_WORDS } from './role-words.ts'

/** Why this person's role cannot do it; null where it can. The service refuses the same. */
export function againstRole(actor: Actor, command: CommandName): string | null {
  if (mayDo(actor, command)) return null
  const allowed = COMMAND_POLICY[command].filter((role) => role !== 'service').map((role) => ROLE_WORDS[role])
  return `Your role, ${ROLE_WORDS[actor.role]}, does not allow this. It is for: ${allowed.join(', ')}.`
}

/** Why it is not this person who decides what somebody asked for; null where it is. The service refuses the same. */
export function againstFirst(actor: Actor, first: string | undefined, did: 'asked for' | 'proposed'): string | null {
  const who = first === undefined ? null : firstIs(actor, first)
  return who && `${who === 'you' ? 'You' : who} ${did} it: somebody else decides.`
}
