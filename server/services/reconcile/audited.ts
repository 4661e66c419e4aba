import type { Reconciliation } from '#db/queries/reconciliations.ts'
import type { Audited } from '../perform.ts'

/** An event about a reconciliation: it always says which one in words. */
export const audited = (of: Reconciliation, action: string, after: Readonly<Record<string, unknown>>): Audited => ({
  action,
  objectType: 'reconciliation',
  objectId: String(of.reconciliationId),
  after: { name: of.name, entity: of.entity, period: of.period, version: of.version, ...after },
})
