import { z } from 'zod'
import { asDownload } from '#app/.server/csv.ts'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { mappingYaml, readMappingExport } from '#app/.server/reads.ts'

const Params = z.object({ system: z.string().max(64) })
const Search = z.object({ at: Id.optional() })

export const loader = guarded('mappings:read', async ({ params, url, services: { context } }) => {
  const { system } = readParams(params, Params)
  const mapping = await readMappingExport(context.db, system, readSearch(url, Search).at)
  const name = `mapping-${system}-v${mapping.version}.yaml`
  return new Response(mappingYaml(mapping), {
    headers: { 'Content-Type': 'application/yaml; charset=utf-8', ...asDownload(name) },
  })
})
