import type { Task } from 'graphile-worker'
import { z } from 'zod'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'

const Payload = z.object({ runId: z.number().int() })

/** A task only wakes a worker; whether and how a run goes on is decided by the run itself, so a task twice does no harm. */
export const executeRunTask =
  (context: Context, stop: AbortSignal): Task =>
  async (payload) => {
    await executeRun(context, Payload.parse(payload).runId, stop)
  }
