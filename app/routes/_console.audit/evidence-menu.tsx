import { FileCheck } from 'lucide-react'
import { paths, type AuditSearch } from '#app/paths.ts'
import { Popover } from '#app/ui/popover.tsx'

/** What an outsider can check alone. Plain links: the router would look for a screen at these addresses. */
export function EvidenceMenu({ view, seesAll }: { view: AuditSearch; seesAll: boolean }) {
  const isFiltered = Object.values(view).some(Boolean)
  return (
    <Popover label="Evidence" panelLabel="Take evidence along" icon={FileCheck}>
      {(isFiltered || !seesAll) && (
        <a href={paths.auditEvidence('zip', view)} download className="menu-item">
          <span className="flex-1">These events (ZIP)</span>
          <span className="meta">each with the proof that it is in the log</span>
        </a>
      )}
      {seesAll && (
        <>
          <a href={paths.auditEvidence('zip')} download className="menu-item">
            <span className="flex-1">The whole log (ZIP)</span>
            <span className="meta">with the script that checks it</span>
          </a>
          <a href={paths.auditEvidence('jsonl')} download className="menu-item">
            <span className="flex-1">The whole log (JSON lines)</span>
            <span className="meta">of any length</span>
          </a>
        </>
      )}
    </Popover>
  )
}
