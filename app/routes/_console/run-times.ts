type Times = { readonly startedAt: string | null; readonly finishedAt: string | null }

/** How long a run took, or has taken until `now`; null before it began. */
export function durationOf({ startedAt, finishedAt }: Times, now: string | null): number | null {
  const end = finishedAt ?? now
  return startedAt && end ? Math.max(0, new Date(end).getTime() - new Date(startedAt).getTime()) : null
}
