import { z } from 'zod'
import { LINE_TYPES } from '#server/domain/record.ts'
import type { TotalsRequest } from '#server/services/reads/totals-view.ts'
import { readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const TotalsSearch = z.object({
  view: z.enum(['pivot', 'published', 'checkpoints', 'changes', 'periods']).default('pivot'),
  by: z.enum(['entity', 'period']).default('entity'),
  next: z.enum(['entity', 'period', 'none']).optional(),
  across: z.enum(['checkpoints', 'entity', 'period', 'version']).default('checkpoints'),
  figure: z.enum(['source', 'accepted', 'loaded', 'difference', 'published']).default('published'),
  open: z.string().max(2_000).optional(),
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
  const { view, measure, since, currency, objectType, system, by, across } = search
  const { entity, period, version, publication, isPast } = scope
  const filter = { entity, period, version, currency, objectType, system, scope: actor.entityScope }
  return {
    search,
    request: {
      view,
      measure,
      since,
      filter,
      publication,
      isPast,
      shape: { by, below: belowOf(search), across: across === 'checkpoints' ? null : across },
    },
  }
}

/** Left out: the other of entity and period, unless that is what the columns are made of. */
function belowOf({ by, next, across }: TotalsSearch): 'entity' | 'period' | null {
  const below = next ?? (by === 'entity' ? 'period' : 'entity')
  return below === 'none' || below === by || below === across ? null : below
}
