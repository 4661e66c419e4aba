import { readDimensionView } from '#app/.server/dimension-search.ts'
import { columns, csvAnswer } from '#app/.server/exports/export.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDimensionForExport } from '#app/.server/reads.ts'

const COLUMNS = [
  ...columns('text', 'entity', 'code'),
  ...columns('plain', 'counts', 'system'),
  ...columns('text', 'name'),
  ...columns('plain', 'valid_from', 'valid_to', 'state'),
  ...columns('count', 'drift_exception'),
]

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
  return csvAnswer(given, { title: `Members ${dimension}`, order: 'by code', columns: COLUMNS, rows })
})
