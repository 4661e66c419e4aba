import { readDimensionForExport } from '#server/services/reads/dimension-view.ts'
import { readDimensionView } from '../dimension-search.ts'
import type { Given } from '../guarded.ts'
import { columns, type Export } from './export.ts'

/** A row a statement: what counts of a member first, then what the other systems say of it. */
export async function membersExport(given: Given): Promise<Export> {
  const { dimension, filter } = readDimensionView(given)
  const { after: _, ...whole } = filter
  const { context } = given.services
  const members = await readDimensionForExport(context.db, whole, context.now())
  return {
    title: `Members ${dimension}`,
    order: 'by entity and code, what counts first',
    columns: [
      ...columns('text', 'entity', 'code'),
      ...columns('plain', 'counts', 'system'),
      ...columns('text', 'name'),
      ...columns('plain', 'valid_from', 'valid_to', 'state'),
      ...columns('count', 'drift_exception'),
    ],
    rows: members.flatMap(({ entity, code, counts, others, driftExceptionId }) =>
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
    ),
  }
}
