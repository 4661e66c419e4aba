import { Readable } from 'node:stream'
import { z } from 'zod'
import { bytesResponse } from '#app/.server/csv.ts'
import { Id, readParams } from '#app/.server/forms.ts'
import { guarded } from '#app/.server/guarded.ts'
import { readEvidenceFile } from '#app/.server/reads.ts'

const Params = z.object({ reconciliationId: Id, evidenceId: Id })

/** The file as it was added: a download of bytes, whatever they are, never a page. */
export const loader = guarded('reconciliations:read', async ({ params, services, actor }) => {
  const asked = { ...readParams(params, Params), scope: actor.entityScope }
  const { name, bytes } = await readEvidenceFile(services.context.db, asked)
  return bytesResponse(name, Readable.from([bytes]), bytes.byteLength)
})
