import type { RunStatus, RunTrigger } from './run.ts'
import type { TickOutcome } from './schedule.ts'

/** What is known of a job that another one waits for. */
export type Dependency = {
  readonly name: string
  /** Its newest run that was no preview; at: the due time it was started for, or when it was asked for. */
  readonly newestRun: { readonly status: RunStatus; readonly trigger: RunTrigger; readonly at: Date } | null
  /** A run of it is blocked, queued, running or waiting. */
  readonly isActive: boolean
  readonly newestTick: { readonly dueAt: Date; readonly outcome: TickOutcome } | null
  /** Its newest due time at or before the one of whoever waits; null without a schedule. */
  readonly dueAt: Date | null
}

/**
 * Whether its data is there: its newest run succeeded and was not taken back, nothing of it is under way, and what was due
 * of it before us has come. A due time that its own policy skipped is not waited for.
 */
export function isReady({ newestRun, isActive, newestTick, dueAt }: Dependency): boolean {
  if (isActive || !newestRun || newestRun.status !== 'succeeded' || newestRun.trigger === 'rollback') return false
  if (dueAt === null || newestRun.at >= dueAt) return true
  return newestTick !== null && newestTick.dueAt >= dueAt && newestTick.outcome === 'skipped'
}

/** Jobs that wait for each other, as a circle 'a, b, a'; null where there is none through `from`. */
export function circleThrough(from: string, after: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const seen = new Set<string>()
  const walk = (path: readonly string[]): readonly string[] | null => {
    for (const next of after.get(path.at(-1)!) ?? []) {
      if (next === from) return [...path, next]
      if (seen.has(next)) continue
      seen.add(next)
      const circle = walk([...path, next])
      if (circle) return circle
    }
    return null
  }
  return walk([from])
}
