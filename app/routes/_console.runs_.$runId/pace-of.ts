import type { RunProgress } from '#server/domain/run.ts'

export type Pace = { readonly recordsPerSecond: number; readonly leftMs: number | null }

/** A pace is worth telling after this long; before, it is chance. */
const SETTLED_MS = 500
const SHARE_MIN = 0.02

/** How fast a run reads, and how long it will go on reading at that pace; null while there is no telling. */
export function paceOf({ records, bytes, bytesTotal }: RunProgress, since: string, now: string): Pace | null {
  const ms = new Date(now).getTime() - new Date(since).getTime()
  if (ms <= SETTLED_MS || records === 0) return null
  const share = bytesTotal > 0 ? bytes / bytesTotal : 0
  return {
    recordsPerSecond: Math.round((records * 1_000) / ms),
    leftMs: share >= SHARE_MIN && share <= 1 ? Math.round((ms * (1 - share)) / share) : null,
  }
}
