import type { Actor, Role } from './actor.ts'
import type { FailureClass } from './errors.ts'

/** What people make of an exception. That it is fixed they cannot say: only the control that opened it can, by passing again. */
export const TRIAGE_STATES = [
  'open',
  'assigned',
  'in_progress',
  'waiting_for_replay',
  'waived',
  'rejected',
  'done_outside',
] as const
export type TriageState = (typeof TRIAGE_STATES)[number]

/** Ends of work without the control passing. Each needs a reason and a second person; none counts as passed. */
export const ENDINGS = ['waived', 'rejected', 'done_outside'] as const satisfies readonly TriageState[]
export type Ending = (typeof ENDINGS)[number]

export const isEnding = (state: TriageState): state is Ending => (ENDINGS as readonly TriageState[]).includes(state)

/** Who looks at a queue. */
export const TEAMS = ['finance_operations', 'controller', 'it'] as const satisfies readonly Role[]
export type Team = (typeof TEAMS)[number]

export const teamOf = (failureClass: FailureClass): Team =>
  failureClass === 'business' || failureClass === 'control' ? 'finance_operations' : 'it'

const AT_WORK = ['open', 'assigned', 'in_progress', 'waiting_for_replay'] as const
const MOVES: Readonly<Record<TriageState, readonly TriageState[]>> = {
  open: ['assigned', 'in_progress', 'waiting_for_replay', ...ENDINGS],
  assigned: ['open', 'assigned', 'in_progress', 'waiting_for_replay', ...ENDINGS],
  in_progress: ['open', 'assigned', 'waiting_for_replay', ...ENDINGS],
  waiting_for_replay: ['open', 'assigned', 'in_progress', ...ENDINGS],
  // What was ended is taken up again first, before anything else is done with it.
  waived: ['open', 'assigned'],
  rejected: ['open', 'assigned'],
  done_outside: ['open', 'assigned'],
}

export const mayMove = (from: TriageState, to: TriageState): boolean => MOVES[from].includes(to)
export const isAtWork = (state: TriageState): boolean => (AT_WORK as readonly TriageState[]).includes(state)

/** Business failures are finance's, technical ones IT's, controls concern both. */
const ACTS_ON: Readonly<Record<FailureClass, readonly Actor['role'][]>> = {
  business: ['finance_operations', 'controller', 'admin'],
  control: ['finance_operations', 'controller', 'it', 'admin'],
  technical_transient: ['it', 'admin'],
  technical_permanent: ['it', 'admin'],
  unclassified: ['it', 'admin'],
}
export const actsOn = (role: Actor['role'], failureClass: FailureClass): boolean =>
  role === 'service' || ACTS_ON[failureClass].includes(role)

export type Standing = { readonly state: TriageState; readonly assignee: string | null }

/** The state that belongs to having this assignee or none, for work that has not begun. */
export const stateWith = (assignee: string | null): 'open' | 'assigned' => (assignee === null ? 'open' : 'assigned')

/** Sign-ins named in a note with an @, each once. */
export function mentionsIn(text: string): string[] {
  const names = text.matchAll(/(?<![\w.@-])@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])/gi)
  return [...new Set([...names].map(([, name]) => name!.toLowerCase()))]
}
