import { renderIndex } from './index-pdf.tsx'
import type { Printed, Rendered } from './renderer.ts'
import { renderSheet } from './sheet-pdf.tsx'

// A process of its own: renderer.ts starts it, and it ends with whoever did.
const render = ({ what }: Printed) => (what.kind === 'sheet' ? renderSheet(what.sheet) : renderIndex(what.index))
const answer = (rendered: Rendered) => process.send?.(rendered)

process.on('disconnect', () => process.exit())
process.on('message', (asked: Printed) => {
  render(asked).then(
    (bytes) => answer({ id: asked.id, bytes }),
    (error: unknown) => answer({ id: asked.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  )
})
