import {
  checkArtifacts,
  checkConservation,
  checkLineContents,
  checkLineTotals,
  checkRunRows,
  checkWaiting,
} from '#db/queries/verify.ts'
import { checkCorrections } from '#db/queries/verify-corrections.ts'
import { checkDeliveries } from '#db/queries/verify-deliveries.ts'
import { checkLog } from './audit/check-log.ts'
import { checkReconciliations } from './reconcile/check-reconciliations.ts'
import type { Context } from './context.ts'

export type Check = { readonly name: string; readonly rowsChecked: number; readonly differences: readonly string[] }
export type Verified = { readonly sound: boolean; readonly checks: readonly Check[] }

/** Recomputes what the product states from the rows it states it about, and the audit log from its events to what was signed. Changes nothing. */
export async function verify({ db }: Pick<Context, 'db'>): Promise<Verified> {
  const checks: Check[] = [
    await checkConservation(db),
    await checkRunRows(db),
    await checkLineTotals(db),
    await checkLineContents(db),
    await checkCorrections(db),
    await checkWaiting(db),
    await checkDeliveries(db),
    await checkArtifacts(db),
    await checkReconciliations(db),
    await checkLog(db),
  ]
  return { sound: checks.every((check) => check.differences.length === 0), checks }
}
