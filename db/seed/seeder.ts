import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findJob, findRun } from '#db/queries/runs.ts'
import { startSimulatedSystems, type SimulatedSystems } from '#server/connectors/simulator/simulated-systems.ts'
import { WORKER, type Actor } from '#server/domain/actor.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { hasEnded, type RunStatus } from '#server/domain/run.ts'
import { systemNow } from '#server/platform/clock.ts'
import type { Context } from '#server/services/context.ts'
import { executeRun } from '#server/services/execute-run.ts'
import { recoverRuns } from '#server/services/recover-runs.ts'
import { releaseRuns } from '#server/services/release-runs.ts'
import { folderRunKey } from '#server/services/start-folder-runs.ts'
import { startRun } from '#server/services/start-run.ts'
import { FILED_AT } from './inbox.ts'
import type { WorldFile } from './world/world-file.ts'
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
const POLL_MS = 200
/** Of nothing at all: a machine may be as slow as it likes. */
const STILL_MS_MAX = 120_000

/**
 * Tells the story of the world through the services everybody uses, with its simulated systems behind real HTTP. Every step
 * has an idempotency key: a story that was cut short goes on where it was.
 */
export class Seeder {
  /** Its clock stands still: no due time passes while nobody is there who decides about it. */
  readonly context: Context
  /** The same with the clock of the machine, for what is tried again after a while. */
  readonly live: Context
  private readonly stages = new Map<string, Stage>()
  private readonly waiting: (() => void)[] = []
  private running = 0
  /** Attempts that ended, whatever became of them. */
  private moves = 0
  private releasing: Promise<unknown> | null = null
  runs = 0

  private constructor(
    context: Context,
    private readonly world: World,
    private readonly systems: SimulatedSystems,
    stages: Map<string, Stage>,
  ) {
    this.stages = stages
    const credentials: Readonly<Record<string, string>> = demoCredentials({
      url: systems.url,
      files: world.folder,
      outbox: join(world.folder, 'outbox'),
    })
    this.context = { ...context, credential: (name) => credentials[name] }
    this.live = { ...this.context, now: systemNow }
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

  /** However long it takes: only a run that stands still while nothing else moves either is given up. */
  async finish(runId: number): Promise<RunStatus> {
    this.runs++
    for (let seen = '', since = Date.now(); ; ) {
      const { run } = (await findRun(this.context.db, runId))!
      if (hasEnded(run.status)) return run.status
      const now = `${run.status} ${run.attempt} ${this.moves}`
      if (now !== seen || this.running > 0 || run.dueAt > systemNow()) [seen, since] = [now, Date.now()]
      if (Date.now() - since > STILL_MS_MAX)
        throw new Error(
          `run ${runId} of the demonstration has been ${run.status} for ${STILL_MS_MAX / 1000} seconds and nothing moves it`,
        )
      await this.move(runId, run.status)
      if (run.status !== 'queued') await sleep(POLL_MS)
    }
  }

  private async move(runId: number, status: RunStatus): Promise<void> {
    // One that waits for other jobs, or for its time, takes nobody's turn.
    if (status === 'blocked') await this.release()
    // Nobody but this process runs anything: whoever had it was killed, and its session may have outlived it for a moment.
    else if (status === 'running') await recoverRuns(this.live)
    else if (await this.taking(() => executeRun(this.live, runId))) this.moves++
  }

  /** However many wait, they are looked at once. */
  private release(): Promise<unknown> {
    this.releasing ??= releaseRuns(this.context).finally(() => {
      this.releasing = null
    })
    return this.releasing
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
