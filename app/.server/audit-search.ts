import { z } from 'zod'
import type { AuditRequest } from '#server/services/reads/audit-view.ts'
import { Day, Id, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const AuditSearch = z.object({
  actor: z.string().max(100).optional(),
  action: z.string().max(64).optional(),
  object: z.string().max(200).optional(),
  correlation: z.uuid('A correlation id looks like 3f2c…: copy it whole').optional(),
  from: Day.optional(),
  to: Day.optional(),
  before: Id.optional(),
  after: Id.optional(),
})
export type AuditSearch = z.infer<typeof AuditSearch>

/** The view of the log, which its screen and its export share. */
export function readAuditView({ url, actor }: Given): { search: AuditSearch; request: AuditRequest } {
  const search = readSearch(url, AuditSearch)
  const { actor: who, action, object, correlation, from, to, before, after } = search
  const [objectType, ...rest] = object?.split(' ') ?? []
  const objectId = rest.join(' ')
  const filter = { who, action, objectType, ...(objectId && { objectId }), correlationId: correlation, from, to, before, after }
  return { search, request: { ...filter, actor } }
}
