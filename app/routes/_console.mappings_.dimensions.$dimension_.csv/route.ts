import { csvResponse } from '#app/.server/csv.ts'
import { readDimensionView } from '#app/.server/dimension-search.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDimensionForExport } from '#app/.server/reads.ts'

const HEAD = ['entity', 'code', 'counts', 'system', 'name', 'valid_from', 'valid_to', 'state', 'drift_exception']

/** One row a statement: what counts first, then what the other systems say. */
export const loader = guarded('mappings:read', async (given) => {
  const { dimension, filter } = readDimensionView(given)
  const { after: _, ...whole } = filter
  const { context } = given.services
  const members = await readDimensionForExport(context.db, whole, context.now())
  const rows = members.flatMap(({ entity, code, counts, others, driftExceptionId }) =>
    [counts, ...others].map((said, i) => [
      entity,
      code,
      i === 0 ? 'yes' : 'no',
      said.system,
      said.name,
      said.validFrom,
      said.validTo,
      said.isActive ? 'active' : 'inactive',
      driftExceptionId,
    ]),
  )
  return csvResponse(`members-${dimension}-${context.now().toISOString().slice(0, 10)}.csv`, HEAD, rows)
})
