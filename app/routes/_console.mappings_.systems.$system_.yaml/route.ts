import { asDownload } from '#app/.server/csv.ts'
import { readMappingOf } from '#app/.server/exports/mapping.ts'
import { guarded } from '#app/.server/guarded.ts'
import { mappingYaml } from '#app/.server/reads.ts'

/** In the form that proposes: see change-list.ts. */
export const loader = guarded('mappings:read', async (given) => {
  const mapping = await readMappingOf(given)
  const name = `mapping-${mapping.system}-v${mapping.version}.yaml`
  return new Response(mappingYaml(mapping), {
    headers: { 'Content-Type': 'application/yaml; charset=utf-8', ...asDownload(name) },
  })
})
