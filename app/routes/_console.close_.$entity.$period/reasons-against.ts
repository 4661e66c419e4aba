import type { ClosePeriodView } from '#app/.server/reads.ts'
import { againstFirst, againstRole } from '#app/routes/_console/against-role.ts'
import type { Actor } from '#server/domain/actor.ts'
import { PERIOD_STATE_WORDS } from '#server/domain/period-state.ts'
import type { Act } from './screen.ts'

/** Why it cannot be done now, by this person; null where it can. The services and the database refuse the same. */
export function reasonsAgainst(actor: Actor, { row }: Pick<ClosePeriodView, 'row'>): Readonly<Record<Act, string | null>> {
  const { state, reopening } = row
  const is = `It is ${PERIOD_STATE_WORDS[state]}.`
  return {
    close: againstRole(actor, 'setPeriodState') ?? (state === 'closed' ? is : null),
    soft_close: againstRole(actor, 'setPeriodState') ?? (state === 'open' ? null : is),
    reopen: againstRole(actor, 'askReopening') ?? (state === 'closed' ? null : `${is} Only a closed period is reopened.`),
    decide:
      againstRole(actor, 'decideReopening') ??
      (reopening === null ? 'Nobody asks to reopen it.' : againstFirst(actor, reopening.requestedBy, 'asked for')),
  }
}
