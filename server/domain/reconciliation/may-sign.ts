import { firstIs, type Actor } from '../actor.ts'
import { compareDecimals } from '../money.ts'
import type { ReconciliationDefinition } from './definition.ts'
import type { ReconciliationState } from './state.ts'

/** What decides who may sign a reconciliation now. */
export type SignFacts = {
  readonly state: ReconciliationState
  /** Something under the newest comparison moved since, and it has not been compared again yet. */
  readonly isStale: boolean
  /** More differs than is looked into. */
  readonly isBounded: boolean
  /** Rules accepted more small differences than the definition allows. */
  readonly isOverBudget: boolean
  readonly preparedBy: string | null
  /** Of the newest comparison. */
  readonly certifiedBy: readonly string[]
  readonly certifiersNeeded: number
  /** Who changed something under it, and what. */
  readonly peopleUnder: readonly { readonly person: string; readonly because: string }[]
}
const OVER_BUDGET =
  'more small differences were accepted without a person than its budget allows: narrow its rules, or raise the budget'

export const TOO_MANY =
  'there are too many differences to list: narrow the accounts of its definition, or have the source corrected first'

type Person = Pick<Actor, 'name' | 'standsInFor'>

/** Why this person may not prepare it; null: they may. */
export function whyNotPrepare({ state, isStale, isBounded, isOverBudget }: SignFacts): string | null {
  if (isStale) return 'its figures moved a moment ago and are being compared again'
  if (isBounded) return TOO_MANY
  if (isOverBudget) return OVER_BUDGET
  if (state === 'breaks') return 'something is unexplained: explain it, or have it corrected at its source'
  if (state === 'prepared') return 'it is prepared already'
  if (state === 'certified') return 'it is certified, and nothing has moved since'
  return null
}

/** Why this person may not certify it; null: they may. Holds for everybody, whatever their role. */
export function whyNotCertify(facts: SignFacts, person: Person): string | null {
  const { state, isStale, isBounded, isOverBudget, preparedBy, certifiedBy, peopleUnder } = facts
  if (isStale) return 'its figures moved a moment ago and are being compared again'
  if (state === 'certified') return 'it is certified, and nothing has moved since'
  if (isBounded) return TOO_MANY
  if (isOverBudget) return OVER_BUDGET
  if (state === 'breaks') return 'something is unexplained'
  if (state !== 'prepared' || preparedBy === null) return 'nobody has prepared it yet'
  const preparer = firstIs(person, preparedBy)
  if (preparer) return `${preparer} prepared it; somebody else certifies`
  const certifier = certifiedBy.flatMap((first) => firstIs(person, first) ?? [])[0]
  if (certifier) return `${certifier} certified it; somebody else is the second`
  const under = peopleUnder.find((first) => firstIs(person, first.person))
  return under ? `${firstIs(person, under.person)} changed something under it: ${under.because}` : null
}

/** Why it may not be sent back; null: it may. */
export function whyNotReject({ state }: SignFacts): string | null {
  return state === 'prepared' ? null : 'only what is prepared can be sent back'
}

/** One certifier up to the amounts of the definition, two above; a currency that is not listed where any is needs two. */
export function certifiersNeeded(
  { certification: { oneUpTo } }: ReconciliationDefinition,
  figures: readonly { readonly currency: string; readonly amount: string }[],
): number {
  if (!oneUpTo) return 1
  const isAbove = figures.some(({ currency, amount }) => {
    const limit = oneUpTo[currency]
    return limit === undefined || compareDecimals(amount.replace('-', ''), limit) > 0
  })
  return isAbove ? 2 : 1
}
