import { guarded } from '#app/.server/guarded.ts'
import { readCheckpointNote } from '#app/.server/reads.ts'
import { asDownload } from '#app/.server/csv.ts'

/** The newest checkpoint, to keep: next time it shows that history was not rewritten. It says nothing of any entity. */
export const loader = guarded('audit:read', async ({ services }) => {
  const note = await readCheckpointNote(services.context.db)
  if (!note) throw Response.json({ message: 'No checkpoint was signed yet' }, { status: 404 })
  return new Response(note, { headers: { 'Content-Type': 'text/plain; charset=utf-8', ...asDownload('checkpoint.txt') } })
})
