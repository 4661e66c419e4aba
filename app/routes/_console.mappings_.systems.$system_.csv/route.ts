import { z } from 'zod'
import { csvResponse } from '#app/.server/csv.ts'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readMappingExport } from '#app/.server/reads.ts'
import { CHANGE_COLUMNS } from '#server/domain/mapping/change-list.ts'

const Params = z.object({ system: z.string().max(64) })
const Search = z.object({ at: Id.optional() })

/** The columns a list of proposals is given in: exported, changed and pasted back it proposes what was changed. */
export const loader = guarded('mappings:read', async ({ params, url, services: { context } }) => {
  const { system } = readParams(params, Params)
  const { version, entries } = await readMappingExport(context.db, system, readSearch(url, Search).at)
  const rows = entries.map((e) => [e.dimension, e.sourceCode, e.canonicalCode, e.effectiveFrom, e.effectiveTo])
  return csvResponse(`mapping-${system}-v${version}.csv`, CHANGE_COLUMNS, rows)
})
