import type { AuditView, Proven } from '#app/.server/reads.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Badge } from '#app/ui/badge.tsx'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Time } from '#app/ui/time.tsx'

/** How far the log is signed, and what is not covered yet. */
export function Standing({ standing }: { standing: AuditView['standing'] }) {
  const { checkpoint, leaves, pending, oldestPendingAt } = standing
  const unsigned = leaves - (checkpoint?.size ?? 0)
  return (
    <KeyValue
      columns={2}
      items={[
        {
          key: 'Signed',
          value: checkpoint ? (
            <>
              the first {counted(checkpoint.size, 'event')}, <Time at={checkpoint.signedAt} seconds showZone />, by key{' '}
              <span className="mono">{checkpoint.keyId}</span>
            </>
          ) : (
            <Badge tone="attention">nothing yet</Badge>
          ),
        },
        {
          key: 'Not covered yet',
          value: (
            <>
              {unsigned + pending === 0 ? 'nothing' : counted(unsigned + pending, 'event')}
              {pending > 0 && (
                <>
                  , {pending} of them without a leaf{' '}
                  {oldestPendingAt && (
                    <>
                      since <Time at={oldestPendingAt} seconds />
                    </>
                  )}
                </>
              )}
            </>
          ),
        },
        { key: 'Root', value: checkpoint && <span className="mono">{checkpoint.root}</span> },
      ]}
    />
  )
}

const NOT_SIGNED: Record<Exclude<Proven, 'signed'>, string> = {
  unsigned: 'It has its leaf; the next checkpoint covers it',
  pending: 'It is written and cannot be lost; it gets its leaf within a second of the worker’s clock',
}

/** The place of an event in the log. */
export function LeafCell({ leaf, proven }: { leaf: number | null; proven: Proven }) {
  if (proven === 'signed') return <span>{leaf}</span>
  return (
    <span className="inline-flex flex-wrap items-center gap-x-1.5" title={NOT_SIGNED[proven]}>
      {leaf}
      <span className="text-ink-3">{proven === 'pending' ? 'waits' : 'unsigned'}</span>
    </span>
  )
}
