import { z } from 'zod'
import { SETTABLE_STATES } from '#server/domain/period-state.ts'
import type { PeriodsRequest } from '#server/services/reads/periods-view.ts'
import { readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const PeriodsSearch = z.object({
  around: z.iso.date('Write a date as 2026-11-21').optional(),
  do: z.enum(['change']).optional(),
  to: z.enum(SETTABLE_STATES).optional(),
})
export type PeriodsSearch = z.infer<typeof PeriodsSearch> & { readonly cells: readonly string[] }

/** The view of the periods, which its screen and its export share. Chosen periods come one by one from a form, by comma from a link. */
export function readPeriodsView({ url, scope, actor }: Given): { search: PeriodsSearch; request: PeriodsRequest } {
  const search = readSearch(url, PeriodsSearch)
  const cells = url.searchParams.getAll('cell').flatMap((text) => text.split(',').filter(Boolean))
  const { entity, period } = scope
  return { search: { ...search, cells }, request: { entity, period, around: search.around, scope: actor.entityScope } }
}
