import type { CorrectionOnScreen } from '#app/.server/reads.ts'
import { againstFirst, againstRole } from '#app/routes/_console/against-role.ts'
import type { Actor } from '#server/domain/actor.ts'
import { correctionCan, type CorrectionAction } from '#server/domain/correction.ts'

type Correction = Pick<CorrectionOnScreen, 'state' | 'proposedBy' | 'needsSecondPerson'>

/** Why a button cannot be pressed: by role first, then by how it stands, then by who proposed it. Null where it can. */
export function reasonsAgainst(
  actor: Actor,
  { state, proposedBy, needsSecondPerson }: Correction,
): Readonly<Record<CorrectionAction, string | null>> {
  const standing = (action: CorrectionAction) => {
    if (correctionCan(action, state)) return null
    if (action !== 'withdraw' && state === 'active' && !needsSecondPerson)
      return 'It moves no money, so it needs no second person.'
    return state === 'active' ? 'It was approved already.' : `It is ${state} already.`
  }
  const own = againstFirst(actor, proposedBy, 'proposed')
  const deciding = (action: CorrectionAction) => againstRole(actor, 'decideCorrection') ?? standing(action) ?? own
  return {
    approve: deciding('approve'),
    refuse: deciding('refuse'),
    withdraw: againstRole(actor, 'withdrawCorrection') ?? standing('withdraw'),
  }
}
