import { z } from 'zod'
import { PERIOD_STATES } from '#server/domain/period-state.ts'
import type { CloseBoardRequest } from '#server/services/reads/close-board.ts'
import { Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Period = z.string().regex(/^\d{4}-\d{2}$/, 'Write a period as 2026-10')
const CloseSearch = z.object({
  calendar: z.string().max(64).optional(),
  from: Period.optional(),
  to: Period.optional(),
  state: z.enum(PERIOD_STATES).optional(),
  is: z.enum(['blocked', 'ready']).optional(),
  page: Id.optional(),
})
export type CloseSearch = z.infer<typeof CloseSearch>

/** The view of the close board, which its screen and its export share. */
export function readCloseSearch({ url, scope, actor }: Given): { search: CloseSearch; request: CloseBoardRequest } {
  const search = readSearch(url, CloseSearch)
  const { entity, period, version, publication } = scope
  return { search, request: { ...search, entity, period, version, publication, scope: actor.entityScope } }
}
