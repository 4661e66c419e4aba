import { listWatchedFolders } from '#db/queries/folders.ts'
import { WORKER } from '#server/domain/actor.ts'
import { TechnicalError } from '#server/domain/errors.ts'
import type { Context } from '#server/services/context.ts'
import { startFolderRuns, tellUnreadableFolder } from '#server/services/start-folder-runs.ts'

/** A share that comes back within this time is told to nobody. */
const TELL_AFTER_MS = 60_000

/** Watched folders that cannot be read, and since when. Kept by whoever watches them. */
export type Unreadable = Map<string, number>

/**
 * A file that appears in a watched folder and has settled becomes a run of its own; a folder that cannot be read for a minute one run that
 * fails and says why. `now`: in milliseconds that pass evenly.
 */
export async function watchFolders(
  context: Context,
  unreadable: Unreadable,
  now: () => number = () => performance.now(),
): Promise<void> {
  const watched = await listWatchedFolders(context.db)
  for (const job of unreadable.keys()) if (!watched.includes(job)) unreadable.delete(job)
  for (const job of watched) {
    try {
      await startFolderRuns(context, { job, actor: WORKER, trigger: 'event' })
      unreadable.delete(job)
    } catch (error) {
      if (!unreadable.has(job)) context.log.warn({ job, err: error }, 'the folder cannot be read')
      if (!(error instanceof TechnicalError)) continue
      const since = unreadable.get(job) ?? now()
      unreadable.set(job, since)
      if (now() - since >= TELL_AFTER_MS)
        await tellUnreadableFolder(context, { job, actor: WORKER }).catch((err: unknown) =>
          context.log.warn({ job, err }, 'and cannot be told'),
        )
    }
  }
}
