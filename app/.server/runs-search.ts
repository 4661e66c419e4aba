import { z } from 'zod'
import { RUN_KINDS } from '#server/domain/run-kind.ts'
import { RUN_STATUSES, RUN_TRIGGERS } from '#server/domain/run.ts'
import type { RunListFilter } from '#server/services/reads/run-list.ts'
import { Day, Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const RunsSearch = z.object({
  job: z.string().max(64).optional(),
  system: z.string().max(64).optional(),
  status: z.enum(RUN_STATUSES).optional(),
  trigger: z.enum(RUN_TRIGGERS).optional(),
  is: z.enum(RUN_KINDS).optional(),
  from: Day.optional(),
  to: Day.optional(),
  endedFrom: Day.optional(),
  endedTo: Day.optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type RunsSearch = z.infer<typeof RunsSearch>

/** The view of the list of runs, which its screen and its export share. */
export function readRunsView({ url, scope, actor }: Given): { search: RunsSearch; filter: RunListFilter } {
  const search = readSearch(url, RunsSearch)
  const { entity, period, version, isPast, publication } = scope
  return {
    search,
    filter: { ...search, entity, period, version, asOf: isPast ? publication : undefined, scope: actor.entityScope },
  }
}
