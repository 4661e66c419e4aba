import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { advanceBulkReplay } from '#server/services/bulk-replay/advance-bulk-replay.ts'
import type { Context } from '#server/services/context.ts'

const Payload = z.object({ bulkReplayId: z.number().int() })

/** Wakes a worker for a bulk replay; what is to be done is decided by its rows, so a task twice does no harm. */
export const bulkReplayTask =
  (context: Context): Task =>
  async (payload) => {
    await advanceBulkReplay(context, Payload.parse(payload).bulkReplayId)
  }
