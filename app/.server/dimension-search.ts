import { z } from 'zod'
import type { MembersFilter } from '#server/services/reads/dimension-view.ts'
import { MEMBER_TYPES, type MemberType } from '#server/domain/member-correction.ts'
import { readParams, readSearch } from './forms.ts'
import type { Given } from './guarded.ts'

const Params = z.object({ dimension: z.enum(MEMBER_TYPES) })
/** A member by its entity and its code, 'DE01|4711'; '|4711' belongs to all. */
const Member = z
  .string()
  .max(300)
  .regex(/^[^|]*\|/, 'A member is written entity|code')
  .transform((text) => ({ entity: text.slice(0, text.indexOf('|')), code: text.slice(text.indexOf('|') + 1) }))
const Search = z.object({
  q: z.string().max(200).optional(),
  system: z.string().max(64).optional(),
  show: z.enum(['drift', 'by-hand', 'inactive']).optional(),
  member: Member.optional(),
  after: Member.optional(),
  do: z.enum(['correct']).optional(),
})
export type DimensionSearch = z.infer<typeof Search>

/** The view of the members of a dimension, which its screen and its export share. */
export function readDimensionView({ params, url, scope, actor }: Pick<Given, 'params' | 'url' | 'scope' | 'actor'>): {
  dimension: MemberType
  search: DimensionSearch
  filter: MembersFilter
} {
  const { dimension } = readParams(params, Params)
  const search = readSearch(url, Search)
  const { q, system, show, after } = search
  const { entity, publication } = scope
  return { dimension, search, filter: { dimension, q, system, show, after, entity, publication, scope: actor.entityScope } }
}
