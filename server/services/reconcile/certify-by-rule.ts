import type { Transaction } from '#db/client.ts'
import { listBroughtForward, stillOpen } from '#db/queries/brought-forward.ts'
import type { Compared, FigureRow } from '#db/queries/comparison-sides.ts'
import { lockReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { findCertification, findWhyNotByRule, insertSignOff } from '#db/queries/sign-offs.ts'
import { whyLeftToPeople } from '#server/domain/reconciliation/automatic.ts'
import type { Audited } from '../perform.ts'
import { audited } from './audited.ts'
import type { Found } from './find-parts.ts'
import { certify } from './certify.ts'

/** Who signs where a definition lets its rule certify what ties. */
export const RULE = 'service:rule'

type Looked = Found & {
  readonly compared: Compared
  /** Of its definition. */
  readonly version: number
  readonly figures: readonly FigureRow[]
  readonly actsByHand: number
}

/** Certifies what ties where its definition allows it, in the transaction that found so. null: it is left to people. */
export async function certifyByRule(
  tx: Transaction,
  before: Reconciliation,
  { compared, version, figures, parts, actsByHand }: Looked,
  explanations: number,
  at: Date,
): Promise<Audited | null> {
  const { reconciliationId, name, entity, period, certificationId: earlier } = before
  const { definition } = compared
  const differences = parts.length + explanations
  const wasSigned = earlier !== null && (await findCertification(tx, earlier))?.isAutomatic === false
  const of = (await lockReconciliation(tx, reconciliationId))!
  const openItems = stillOpen(await listBroughtForward(tx, of)).length
  const found = { name, entity, period, figures, differences, openItems, actsByHand, wasSigned }
  if (whyLeftToPeople(definition, found) !== null) return null
  const comparisonId = of.comparisonId!
  // Another version may have come since it was compared: then that one is compared next.
  if ((await findWhyNotByRule(tx, comparisonId)) !== null) return null
  const comment = `By the rule of ${name}, version ${version}: everything ties, up to the figures it allows.`
  await insertSignOff(tx, { reconciliationId, comparisonId, act: 'certified', signedBy: RULE, ruleVersion: version, comment, at })
  const { certificationId: certification, sealHash } = await certify(tx, of, { isAutomatic: true, at })
  return audited(of, 'reconciliation.certified_by_rule', { comparison: comparisonId, certification, sealHash })
}
