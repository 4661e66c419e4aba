import { guarded } from '#app/.server/guarded.ts'
import { asDownload } from '#app/.server/csv.ts'

/** A checkpoint to keep. It says nothing of any entity. */
export const loader = guarded('audit:read', async ({ services, actor }) => {
  const note = await services.exportCheckpoint({ format: 'checkpoint', filters: {}, actor })
  if (!note) throw Response.json({ message: 'No checkpoint was ever signed: what to do is in the runbook' }, { status: 404 })
  return new Response(note, { headers: { 'Content-Type': 'text/plain; charset=utf-8', ...asDownload('checkpoint.txt') } })
})
