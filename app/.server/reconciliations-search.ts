import { z } from 'zod'
import { RECONCILIATION_STATES } from '#server/domain/reconciliation/state.ts'
import type { ReconciliationsListFilter } from '#server/services/reads/reconciliations-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

export const SHOWN_STATES = [...RECONCILIATION_STATES, 'superseded', 'overdue', 'evidence_missing', 'tied', 'explained'] as const

const ReconciliationsSearch = z.object({
  name: z.string().max(64).optional(),
  state: z.enum(SHOWN_STATES).optional(),
  process: z.string().max(120).optional(),
  signer: z.string().max(64).optional(),
  page: Id.optional(),
})
export type ReconciliationsSearch = z.infer<typeof ReconciliationsSearch>

/** The view of the list of reconciliations, which its screen and its export share. */
export function readReconciliationsSearch({ url, scope, actor }: Given): {
  search: ReconciliationsSearch
  filter: ReconciliationsListFilter
} {
  const search = readSearch(url, ReconciliationsSearch)
  const { entity, period, version } = scope
  return { search, filter: { ...search, entity, period, version, scope: actor.entityScope } }
}
