import { guarded } from '#app/.server/guarded.ts'
import { readReconciliationsSearch } from '#app/.server/reconciliations-search.ts'
import { zipStream } from '#app/.server/zip-stream.ts'

/** The packs of the reconciliations of a period, as the list has them. */
export const loader = guarded('reconciliations:read', async (given) => {
  const { services, actor } = given
  const { scope: _, page: __, ...filter } = readReconciliationsSearch(given).filter
  const { name, entries } = await services.takePeriodPack({ filter, actor })
  return zipStream(`${name}.zip`, entries, services.context.now())
})
