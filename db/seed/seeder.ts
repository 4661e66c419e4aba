import { setTimeout as sleep } from 'node:timers/promises'
import { findJob, findRun } from '#db/queries/runs.ts'
import { startSimulatedSystems, type SimulatedSystems } from '#server/connectors/simulator/simulated-systems.ts'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { hasEnded, type RunStatus } from '#server/domain/run.ts'
import { systemNow } from '#server/platform/clock.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { releaseRuns } from '#server/services/release-runs.ts'
import { folderRunKey } from '#server/services/start-folder-runs.ts'
import { startRun } from '#server/services/start-run.ts'
import { FILED_AT } from './inbox.ts'
import type { WorldFile } from './world/files.ts'
import { NOW, type Stage } from './world/stage.ts'
import { demoCredentials, simulatedSystems } from './world/systems.ts'

export const SEED: Actor = { name: 'service:seed', role: 'admin', entityScope: ['*'] }

export type World = {
  readonly jobs: ReadonlyMap<string, JobDefinition>
  readonly files: readonly WorldFile[]
  /** Where the files are. */
  readonly folder: string
  /** Imports the definitions as they are kept; until then one of them lacks a line. */
  importMapped(): Promise<unknown>
}

/** Runs at once. Each holds a few of the connections of its process, and there are two cores at most to share. */
const AT_ONCE = 3
const POLL_MS = 25
const RUN_MS_MAX = 120_000

/**
 * Tells the story of the world through the services everybody uses, with its simulated systems behind real HTTP. Every step
 * has an idempotency key: a story that was cut short goes on where it was.
 */
export class Seeder {
  readonly context: Context
  private readonly stages = new Map<string, Stage>()
  private readonly waiting: (() => void)[] = []
  private running = 0
  runs = 0

  private constructor(
    context: Context,
    private readonly world: World,
    private readonly systems: SimulatedSystems,
    stages: Map<string, Stage>,
  ) {
    this.stages = stages
    const credentials: Readonly<Record<string, string>> = demoCredentials({ url: systems.url, files: world.folder })
    this.context = { ...context, credential: (name) => credentials[name] }
  }

  static async open(context: Context, world: World): Promise<Seeder> {
    // The server reads the stages that the story sets.
    const stages = new Map<string, Stage>()
    const systems = await startSimulatedSystems(simulatedSystems((endpoint) => stages.get(endpoint) ?? NOW))
    return new Seeder(context, world, systems, stages)
  }

  close(): Promise<void> {
    return this.systems.stop()
  }

  importMapped(): Promise<unknown> {
    return this.world.importMapped()
  }

  /** Asks the source of a job as it stands at a stage of the story, and carries the run to its end. */
  async run(job: string, at: Stage): Promise<{ runId: number; status: RunStatus }> {
    const { system, source } = this.world.jobs.get(job)!
    this.stages.set(`${system.code}${String(source.url)}`, at)
    const idempotencyKey = `demo:${job}:${Object.values(at).join(':')}`
    const { runId } = await startRun(this.context, { job, actor: SEED, idempotencyKey })
    return { runId, status: await this.finish(runId) }
  }

  filesOf(job: string): readonly string[] {
    const { source } = this.world.jobs.get(job)!
    return this.world.files.filter(({ folder }) => folder === source.path).map(({ name }) => name)
  }

  /** The run a worker would start when it finds the file. */
  async load(job: string, name: string): Promise<number> {
    const { jobId } = (await findJob(this.context.db, job))!
    const file = this.world.files.find((candidate) => candidate.name === name)!
    const idempotencyKey = folderRunKey(jobId, { name, bytes: file.bytes.length, modifiedAt: FILED_AT })
    const asked = { job, actor: WORKER, trigger: 'event', slice: `file:${name}`, idempotencyKey } as const
    const { runId } = await startRun(this.context, asked)
    await this.finish(runId)
    return runId
  }

  async finish(runId: number): Promise<RunStatus> {
    this.runs++
    for (const until = Date.now() + RUN_MS_MAX; Date.now() < until; await sleep(POLL_MS)) {
      const { status } = (await findRun(this.context.db, runId))!.run
      if (hasEnded(status)) return status
      // One that waits for other jobs takes nobody's turn.
      if (status === 'blocked') await releaseRuns(this.context)
      else await this.taking(() => executeRun({ ...this.context, now: systemNow }, runId))
    }
    throw new Error(`run ${runId} of the demonstration did not end within ${RUN_MS_MAX / 1000} seconds`)
  }

  /** Waits for its turn. */
  async taking<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE) await new Promise<void>((free) => this.waiting.push(free))
    else this.running++
    try {
      return await work()
    } finally {
      const next = this.waiting.shift()
      if (next) next()
      else this.running--
    }
  }
}
