import { z } from 'zod'
import { LINE_TYPES } from '#server/domain/record.ts'
import type { LinesRequest } from '#server/services/reads/lines-view.ts'
import { Key, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Text = z.string().max(200).optional()
const LinesSearch = z.object({
  currency: z.string().max(8).optional(),
  account: Text,
  costCentre: Text,
  document: Text,
  objectType: z.enum(LINE_TYPES).optional(),
  system: z.string().max(64).optional(),
  publication: z
    .string()
    .regex(/^\d{1,9}$/, 'Loaded by is the number of a publication')
    .transform((text) => Number.parseInt(text, 10))
    .optional(),
  check: z.enum(['rows']).optional(),
  after: Key.optional(),
  before: Key.optional(),
})
export type LinesSearch = z.infer<typeof LinesSearch>

/** The view of the lines, which its screen and its export share. */
export function readLinesView({ url, scope, actor }: Given): { search: LinesSearch; filter: LinesRequest['filter'] } {
  const search = readSearch(url, LinesSearch)
  const { currency, account, costCentre, document, objectType, system, publication } = search
  const { entity, period, version } = scope
  return {
    search,
    filter: {
      entity,
      period,
      version,
      currency,
      account,
      costCentre,
      document,
      objectType,
      system,
      publication,
      scope: actor.entityScope,
    },
  }
}
