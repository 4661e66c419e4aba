import { z } from 'zod'
import type { RatesListFilter } from '#server/services/reads/rates-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Day = z.iso.date().optional()
const RatesSearch = z.object({
  pair: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{3}(\/[A-Z]{3})?$/)
    .optional(),
  kind: z.string().max(30).optional(),
  system: z.string().max(64).optional(),
  from: Day,
  to: Day,
  versions: z.enum(['all']).optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type RatesSearch = z.infer<typeof RatesSearch>

/** The view of the list of rates, which its screen and its export share. */
export function readRatesSearch({ url, scope }: Given): { search: RatesSearch; filter: RatesListFilter } {
  const search = readSearch(url, RatesSearch)
  const { versions, ...filter } = search
  return { search, filter: { ...filter, history: versions === 'all', publication: scope.publication } }
}
