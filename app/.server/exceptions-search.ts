import { z } from 'zod'
import type { ExceptionsRequest } from '#server/services/reads/exceptions-view.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

export const EXCEPTION_TABS = ['business', 'technical', 'control', 'unclassified'] as const
const ExceptionsSearch = z.object({
  class: z.enum(EXCEPTION_TABS).optional(),
  state: z.enum(['open', 'closed', 'all']).optional(),
  code: z.string().max(64).optional(),
  job: z.string().max(64).optional(),
  run: Id.optional(),
  currency: z.string().max(8).optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type ExceptionsSearch = z.infer<typeof ExceptionsSearch>

/** The view of the exceptions, which their screen and their export share. */
export function readExceptionsView({ url, scope, actor }: Given): { search: ExceptionsSearch; request: ExceptionsRequest } {
  const search = readSearch(url, ExceptionsSearch)
  const { state = 'open', code, job, run, currency, before, after } = search
  const { entity, period, version } = scope
  // IT begins with what IT acts on.
  const group = search.class ?? (actor.role === 'it' ? 'technical' : 'business')
  const filter = { state, code, job, runId: run, currency, before, after, entity, period, version, scope: actor.entityScope }
  return { search, request: { group, ...filter } }
}
