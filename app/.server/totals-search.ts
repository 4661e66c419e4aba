import { z } from 'zod'
import { LINE_TYPES } from '#server/domain/record.ts'
import type { TotalsRequest } from '#server/services/reads/totals-view.ts'
import { readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const TotalsSearch = z.object({
  view: z.enum(['published', 'checkpoints', 'changes']).default('published'),
  measure: z.enum(['records', 'debit', 'credit', 'net']).optional(),
  since: z
    .string()
    .regex(/^\d{1,9}$/, 'Changes are counted from the number of a publication')
    .transform((text) => Number.parseInt(text, 10))
    .optional(),
  currency: z.string().max(8).optional(),
  objectType: z.enum(LINE_TYPES).optional(),
  system: z.string().max(64).optional(),
})
export type TotalsSearch = z.infer<typeof TotalsSearch>

/** The view of the control totals, which its screen and its export share. */
export function readTotalsView({ url, scope, actor }: Given): { search: TotalsSearch; request: TotalsRequest } {
  const search = readSearch(url, TotalsSearch)
  const { view, measure, since, currency, objectType, system } = search
  const { entity, period, version, publication, isPast } = scope
  const filter = { entity, period, version, currency, objectType, system, scope: actor.entityScope }
  return {
    search,
    request: { view, measure, since, filter, publication, isPast },
  }
}
