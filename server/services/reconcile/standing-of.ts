import type { Queryable } from '#db/client.ts'
import { listBroughtForward, type OpenItem } from '#db/queries/brought-forward.ts'
import { listFigures, listParts, findComparison, type Comparison, type ComparisonPart } from '#db/queries/comparisons.ts'
import type { FigureRow } from '#db/queries/comparison-sides.ts'
import {
  findDefinitionVersion,
  hasMovedSinceLook,
  type KnownDefinition,
  type Reconciliation,
} from '#db/queries/reconciliations.ts'
import { listExplanations, listPeopleUnder, listSignOffs, type Explanation, type SignOff } from '#db/queries/sign-offs.ts'
import { certifiersNeeded, type SignFacts } from '#server/domain/reconciliation/may-sign.ts'
import { restsOf, type Rest } from '#server/domain/reconciliation/standing.ts'
import { budgetOf, type BudgetLine } from '#server/domain/reconciliation/tolerance-budget.ts'

/** Where a reconciliation stands, by its newest comparison: everything a signature is about. */
export type Standing = {
  readonly known: KnownDefinition
  readonly comparison: Comparison
  readonly figures: readonly FigureRow[]
  readonly parts: readonly ComparisonPart[]
  readonly explanations: readonly Explanation[]
  readonly rests: readonly Rest[]
  readonly budget: readonly BudgetLine[]
  /** Items of earlier periods that are still open. */
  readonly broughtForward: readonly OpenItem[]
  readonly signOffs: readonly SignOff[]
  readonly facts: SignFacts
}

/** null where it was never compared. */
export async function standingOf(db: Queryable, of: Reconciliation): Promise<Standing | null> {
  const comparison = of.comparisonId === null ? null : await findComparison(db, of.comparisonId)
  if (!comparison) return null
  const known = await findDefinitionVersion(db, of.definitionId, comparison.definitionVersion)
  const [figures, parts, explanations, signOffs, peopleUnder, isStale, broughtForward] = [
    await listFigures(db, comparison.comparisonId),
    await listParts(db, comparison.comparisonId),
    await listExplanations(db, of.reconciliationId),
    await listSignOffs(db, of.reconciliationId),
    await listPeopleUnder(db, comparison.comparisonId),
    await hasMovedSinceLook(db, of.reconciliationId),
    await listBroughtForward(db, of),
  ]
  const { tolerance } = known.definition
  const rests = restsOf(figures, parts, explanations, tolerance)
  const budget = budgetOf(of, parts, tolerance)
  const since = ofNow(signOffs, comparison.comparisonId)
  const facts: SignFacts = {
    state: of.state,
    isStale,
    isBounded: comparison.isBounded,
    isOverBudget: budget.some(({ isOverCap }) => isOverCap),
    preparedBy: since.find(({ act }) => act === 'prepared')?.signedBy ?? null,
    certifiedBy: since.filter(({ act }) => act === 'certified').map(({ signedBy }) => signedBy),
    certifiersNeeded: certifiersNeeded(known.definition, figures),
    peopleUnder,
  }
  return { known, comparison, figures, parts, explanations, rests, budget, broughtForward, signOffs, facts }
}

/** Sign-offs of the comparison that count: since it was last sent back, from the newest preparation on. */
function ofNow(signOffs: readonly SignOff[], comparisonId: number): SignOff[] {
  const own = signOffs.filter((signOff) => signOff.comparisonId === comparisonId)
  const start = own.findIndex(({ act }) => act !== 'certified')
  if (start === -1 || own[start]!.act === 'rejected') return own.slice(0, Math.max(start, 0))
  return own.slice(0, start + 1)
}
