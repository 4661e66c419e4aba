import { z } from 'zod'
import { readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { find } from '#app/.server/reads.ts'

const Search = z.object({ q: z.string().max(80).default('') })

export const loader = guarded('tower:read', async ({ url, services: { context }, actor }) => {
  const found = await find(context.db, readSearch(url, Search).q, actor.entityScope)
  return Response.json(found, { headers: { 'Cache-Control': 'no-store' } })
})
