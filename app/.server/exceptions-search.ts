import { z } from 'zod'
import { AGE_NAMES } from '#server/domain/age.ts'
import type { ExceptionsRequest } from '#server/services/reads/exceptions-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Day = z.iso.date('Write a date as 2026-11-21')
export const EXCEPTION_TABS = ['business', 'technical', 'control', 'unclassified'] as const
const ExceptionsSearch = z.object({
  class: z.enum(EXCEPTION_TABS).optional(),
  state: z.enum(['open', 'closed', 'all']).optional(),
  code: z.string().max(64).optional(),
  job: z.string().max(64).optional(),
  run: Id.optional(),
  currency: z.string().max(8).optional(),
  age: z.enum(AGE_NAMES).optional(),
  closedFrom: Day.optional(),
  closedTo: Day.optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type ExceptionsSearch = z.infer<typeof ExceptionsSearch>

/** The view of the exceptions, which their screen and their export share. */
export function readExceptionsView({ url, scope, actor, services }: Given): {
  search: ExceptionsSearch
  request: ExceptionsRequest
} {
  const search = readSearch(url, ExceptionsSearch)
  const { class: asked, state = 'open', run, age, ...filter } = search
  const { entity, period, version } = scope
  // IT begins with what IT acts on.
  const group = asked ?? (actor.role === 'it' ? 'technical' : 'business')
  const today = services.context.now().toISOString().slice(0, 10)
  return {
    search,
    request: {
      ...filter,
      group,
      state,
      runId: run,
      age: age && { bucket: age, today },
      entity,
      period,
      version,
      scope: actor.entityScope,
    },
  }
}
