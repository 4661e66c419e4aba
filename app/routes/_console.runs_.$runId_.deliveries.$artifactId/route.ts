import { z } from 'zod'
import { bytesResponse } from '#app/.server/csv.ts'
import { Id, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readDelivery } from '#app/.server/reads.ts'

const Params = z.object({ runId: Id, artifactId: Id })

/** The bytes as they were received. */
export const loader = guarded('artifacts:read', async ({ params, services, actor }) => {
  const { name, bytes, byteCount } = await readDelivery(services.context.db, {
    ...readParams(params, Params),
    scope: actor.entityScope,
  })
  return bytesResponse(name, bytes, byteCount)
})
