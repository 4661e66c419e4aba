import { CloudOff, RefreshCw } from 'lucide-react'
import { Button } from '#app/ui/button.tsx'
import { formatInstant } from '#app/ui/time.tsx'
import { useLiveState } from './live.ts'

/** Silence is the good news. Said is only that the page no longer hears of changes, or that it waits with them. */
export function LiveBadge() {
  const { stream, staleSince, heldBack } = useLiveState()
  return (
    <span role="status" className="live-badge">
      {stream === 'stale' && staleSince !== null && (
        <span
          className="badge"
          data-tone="attention"
          title="The connection to the server is lost. It is tried again by itself; until then this page shows how things stood."
        >
          <CloudOff className="icon" aria-hidden />
          As of {formatInstant(new Date(staleSince).toISOString()).slice(-5)} UTC, not live
        </span>
      )}
      {heldBack && (
        <Button size="small" icon={RefreshCw} onClick={heldBack}>
          Something changed · show
        </Button>
      )}
    </span>
  )
}
