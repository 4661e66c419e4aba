import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { traced } from '#server/platform/traced.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'

const Payload = z.object({ runId: z.number().int() })

/** A task only wakes a worker; whether and how a run goes on is decided by the run itself, so a task twice does no harm. */
export const executeRunTask =
  (context: Context, stop: AbortSignal): Task =>
  async (payload) => {
    const { runId } = Payload.parse(payload)
    await traced('task execute_run', { 'tower.task': 'execute_run', 'tower.task_run': runId }, () =>
      executeRun(context, runId, stop),
    )
  }
