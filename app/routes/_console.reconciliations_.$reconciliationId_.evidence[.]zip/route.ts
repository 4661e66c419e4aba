import { z } from 'zod'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { zipStream } from '#app/.server/zip-stream.ts'

const Params = z.object({ reconciliationId: Id })
const Search = z.object({ certification: Id.optional() })

/** Made while it goes out: its first bytes come at once, and nothing of it is kept here. */
export const loader = guarded('reconciliations:read', async ({ params, url, services, actor }) => {
  const { reconciliationId } = readParams(params, Params)
  const { certification: certificationId } = readSearch(url, Search)
  const { name, entries } = await services.takeEvidencePack({ reconciliationId, certificationId, actor })
  return zipStream(`${name}.zip`, entries, services.context.now())
})
