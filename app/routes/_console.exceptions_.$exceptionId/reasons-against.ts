import type { ExceptionCase, ShownException } from '#app/.server/reads.ts'
import { againstRole } from '#app/routes/_console/against-role.ts'
import { ROLE_WORDS } from '#app/routes/_console/role-words.ts'
import { ROLES, type Actor, type CommandName } from '#server/domain/actor.ts'
import { actsOn } from '#server/domain/triage.ts'

export const ACTS = ['assign', 'move', 'severity', 'end', 'approve', 'decline', 'withdraw', 'reopen', 'note'] as const
export type Act = (typeof ACTS)[number]
export type Reasons = Readonly<Record<Act, string | null>>

const COMMAND: Record<Act, CommandName> = {
  assign: 'assignException',
  move: 'moveException',
  severity: 'gradeException',
  end: 'proposeEnding',
  approve: 'decideEnding',
  decline: 'decideEnding',
  withdraw: 'decideEnding',
  reopen: 'reopenException',
  note: 'noteException',
}

type Of = Pick<ShownException, 'failureClass' | 'closedAt'>
type Case = Pick<ExceptionCase, 'isPartly' | 'proposal' | 'runsAskedBy'>

/** Why a button cannot be pressed: by role first, then by scope, then by what was done before. The services refuse the same. */
export function reasonsAgainst(actor: Actor, exception: Of, asked: Case): Reasons {
  const own = ownReasons(actor, asked)
  const of = (act: Act) => againstRole(actor, COMMAND[act]) ?? againstAny(actor, exception, asked, act) ?? own[act] ?? null
  return {
    assign: of('assign'),
    move: of('move'),
    severity: of('severity'),
    end: of('end'),
    approve: of('approve'),
    decline: of('decline'),
    withdraw: of('withdraw'),
    reopen: of('reopen'),
    note: of('note'),
  }
}

function againstAny(actor: Actor, { failureClass, closedAt }: Of, { isPartly }: Case, act: Act): string | null {
  if (isPartly) return 'It concerns entities outside your scope as well.'
  if (act === 'note') return null
  if (!actsOn(actor.role, failureClass)) {
    const allowed = ROLES.filter((role) => actsOn(role, failureClass)).map((role) => ROLE_WORDS[role])
    return `Your role, ${ROLE_WORDS[actor.role]}, does not act on failures of this class. They are for: ${allowed.join(', ')}.`
  }
  return closedAt === null ? null : 'It is fixed: its control passed again.'
}

function ownReasons(actor: Actor, { proposal, runsAskedBy }: Case): Partial<Reasons> {
  if (!proposal) return {}
  const isMine = proposal.proposedBy === actor.name
  const decide = isMine ? 'You proposed it: somebody else decides.' : null
  return {
    end: `${isMine ? 'You' : proposal.proposedBy} proposed an ending already; it is decided first.`,
    approve:
      decide ?? (runsAskedBy.includes(actor.name) ? 'You asked for a run that found it: somebody else approves it.' : null),
    decline: decide,
    withdraw: isMine ? null : 'Only who proposed it withdraws it.',
  }
}
