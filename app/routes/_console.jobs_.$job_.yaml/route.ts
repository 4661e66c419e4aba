import { z } from 'zod'
import { asDownload } from '#app/.server/csv.ts'
import { Id, readParams, readSearch } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readJob } from '#app/.server/reads.ts'

const Params = z.object({ job: z.string().max(64) })
const Search = z.object({ version: Id.optional() })

/** A version of a job as a file that can be imported elsewhere. */
export const loader = guarded('jobs:read', async ({ params, url, services, actor }) => {
  const { job } = readParams(params, Params)
  const { version } = readSearch(url, Search)
  const { shown } = await readJob(services.context.db, job, version, actor.entityScope, services.context.now())
  return new Response(shown.yaml, {
    headers: { 'Content-Type': 'application/yaml; charset=utf-8', ...asDownload(`${job}-v${shown.version}.yaml`) },
  })
})
