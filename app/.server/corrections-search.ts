import { z } from 'zod'
import { LINE_FIELDS } from '#server/domain/job.ts'
import type { CorrectionsListFilter } from '#server/services/reads/corrections-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

export const STANDINGS = ['proposed', 'active', 'spent', 'refused', 'withdrawn'] as const

const CorrectionsSearch = z.object({
  standing: z.enum(STANDINGS).optional(),
  job: z.string().max(64).optional(),
  field: z.enum(LINE_FIELDS).optional(),
  by: z.string().max(64).optional(),
  exception: Id.optional(),
  run: Id.optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type CorrectionsSearch = z.infer<typeof CorrectionsSearch>

/** The view of the list of corrections, which its screen and its export share. */
export function readCorrectionsSearch({ url, scope, actor }: Given): {
  search: CorrectionsSearch
  filter: CorrectionsListFilter
} {
  const search = readSearch(url, CorrectionsSearch)
  return { search, filter: { ...search, entity: scope.entity, scope: actor.entityScope } }
}
