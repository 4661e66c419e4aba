import { countAuditEvents, findChainFaults } from '#db/queries/audit.ts'
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
import type { Context } from './context.ts'

export type Check = { readonly name: string; readonly rowsChecked: number; readonly differences: readonly string[] }
export type Verified = { readonly sound: boolean; readonly checks: readonly Check[] }

/** Recomputes what the product states from the rows it states it about, and follows the audit chain. Changes nothing. */
export async function verify({ db }: Pick<Context, 'db'>): Promise<Verified> {
  const faults = await findChainFaults(db)
  const words = {
    changed: 'was changed or does not follow the one before',
    missing: 'is missing',
    tail_cut: 'is the last one known, and it is not there',
  }
  const checks: Check[] = [
    await checkConservation(db),
    await checkRunRows(db),
    await checkLineTotals(db),
    await checkLineContents(db),
    await checkCorrections(db),
    await checkWaiting(db),
    await checkDeliveries(db),
    await checkArtifacts(db),
    {
      name: 'audit log',
      rowsChecked: await countAuditEvents(db),
      differences: faults.map(({ eventId, fault }) => `audit event ${eventId} ${words[fault]}`),
    },
  ]
  return { sound: checks.every((check) => check.differences.length === 0), checks }
}
