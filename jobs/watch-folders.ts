import { listWatchedFolders } from '#db/queries/runs.ts'
import { startFolderRuns } from '#server/services/start-folder-runs.ts'
import { WORKER } from '#server/domain/actor.ts'
import type { Context } from '#server/services/context.ts'

/** A file that appears in a watched folder and has settled becomes a run of its own. */
export async function watchFolders(context: Context): Promise<void> {
  for (const job of await listWatchedFolders(context.db)) {
    await startFolderRuns(context, { job, actor: WORKER, trigger: 'event' }).catch((error: unknown) => {
      context.log.warn({ job, err: error }, 'the folder cannot be read')
    })
  }
}
