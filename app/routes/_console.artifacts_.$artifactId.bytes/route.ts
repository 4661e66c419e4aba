import { z } from 'zod'
import { bytesResponse } from '#app/.server/csv.ts'
import { Id, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readArtifactBytes } from '#app/.server/reads.ts'

const Params = z.object({ artifactId: Id })

/** The bytes as they were received, under the name they came with. */
export const loader = guarded('artifacts:read', async ({ params, services, actor }) => {
  const { artifactId } = readParams(params, Params)
  const { name, bytes, byteCount } = await readArtifactBytes(services.context.db, artifactId, actor.entityScope)
  return bytesResponse(name, bytes, byteCount)
})
