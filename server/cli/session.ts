import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPerson } from '#db/queries/people.ts'
import { findRun } from '#db/queries/runs.ts'
import { registerWorker, type Registration } from '#db/queries/workers.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { hasEnded } from '#server/domain/run.ts'
import { askedLogLevel, loadEnv } from '#server/platform/env.ts'
import { makeLogger } from '#server/platform/logger.ts'
import { demonstration } from '#server/roles/services.ts'
import { openTelemetry } from '#server/roles/telemetry.ts'
import { openRuntime } from '#server/roles/database.ts'
import { findDemoSystems } from '#server/roles/demo-systems.ts'
import { makeLifecycle } from '#server/roles/lifecycle.ts'
import { makeSteps } from '#server/roles/steps.ts'
import { actorOf } from '#server/services/sign-in.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { makeObserver, recoverRuns } from '#server/services/recover-runs.ts'
import { makeContext } from '#server/services/services.ts'

/** Whoever can open the database by hand is its operator. */
const OPERATOR: Actor = { name: 'service:cli', role: 'admin', entityScope: ['*'] }

export type Session = {
  readonly context: Context
  readonly actor: Actor
  /** Carries the run to its end here, unless a worker elsewhere is quicker. */
  finishRun(runId: number, onProgress?: (text: string) => void): Promise<void>
}

/** Opens the same database the server uses, whether the server runs or not, and closes it after `work`. */
export async function withSession<T>(as: string | undefined, work: (session: Session) => Promise<T>): Promise<T> {
  const env = loadEnv()
  const logger = makeLogger({ level: askedLogLevel(), output: process.stderr })
  const lifecycle = makeLifecycle((what, error) => logger.error({ err: error }, `${what} could not be closed`))
  let registration: Registration | null = null
  let heartbeat: NodeJS.Timeout | null = null
  let isTraced = false
  try {
    const runtime = await openRuntime({ env, logger, lifecycle, steps: makeSteps({ write: () => undefined }) })
    const { signIns } = await demonstration(runtime, () => undefined)
    if (signIns.length > 0) await findDemoSystems(env)
    const context: Context = { ...makeContext({ ...runtime, logger }), workerId: randomUUID() }
    const actor = as ? await personNamed(context, as) : OPERATOR
    const finishRun = async (runId: number, onProgress: (text: string) => void = () => undefined) => {
      if (!isTraced) await openTelemetry(runtime, lifecycle, 'tower', true)
      isTraced = true
      registration ??= await registerWorker(context.db, {
        workerId: context.workerId!,
        description: `tower command, pid ${process.pid}`,
      })
      heartbeat ??= setInterval(() => void registration?.beat([]).catch(() => undefined), 5_000)
      await carryToEnd(context, runId, onProgress)
    }
    return await work({ context, actor, finishRun })
  } finally {
    if (heartbeat) clearInterval(heartbeat)
    await (registration as Registration | null)?.release().catch(() => undefined)
    await lifecycle.closeAll()
  }
}

async function personNamed(context: Context, signIn: string): Promise<Actor> {
  const person = await findPerson(context.db, signIn)
  if (!person) throw new Refusal('input_invalid', `there is no person ${signIn}`)
  return actorOf(context.db, person)
}

const POLL_MS = 100
const RECOVER_EVERY = 50

async function carryToEnd(context: Context, runId: number, onProgress: (text: string) => void): Promise<void> {
  const observer = makeObserver()
  await recoverRuns(context, observer)
  const reporter = setInterval(
    () =>
      void describe(context, runId)
        .then((text) => text && onProgress(text))
        .catch(() => undefined),
    2_000,
  )
  try {
    for (let turn = 1; ; turn++) {
      await executeRun(context, runId)
      const found = await findRun(context.db, runId)
      if (!found || hasEnded(found.run.status)) return
      // Waiting for its time, for another run of the job, or in the hands of another worker.
      await sleep(POLL_MS)
      if (turn % RECOVER_EVERY === 0) await recoverRuns(context, observer)
    }
  } finally {
    clearInterval(reporter)
  }
}

async function describe(context: Context, runId: number): Promise<string | null> {
  const found = await findRun(context.db, runId)
  if (!found) return null
  const { run } = found
  if (run.status === 'waiting') return `run ${runId}: attempt ${run.attempt} failed, tries again at ${run.dueAt.toISOString()}`
  if (run.status === 'queued') return `run ${runId}: waits for its turn`
  return run.progress ? `run ${runId}: ${run.progress.stage}, ${run.progress.records.toLocaleString('en')} records` : null
}
