import type { Queryable } from '#db/client.ts'
import {
  listHoldingRuns,
  sumLinesThatCarry,
  sumRecordsThatWait,
  type EffectRow,
  type HoldingRun,
} from '#db/queries/mapping-effect.ts'
import { listEntriesOf, listSharers } from '#db/queries/mappings.ts'
import { listJobs } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { standingIn, type MappingChange } from '#server/domain/mapping/change.ts'

export type MappingEffect = {
  /** Current lines that carry what the code stands for now; they change when they are replayed or sent again. */
  readonly lines: readonly EffectRow[]
  /** Records that were refused because of the code and wait. */
  readonly waiting: readonly EffectRow[]
  /** The runs that hold those. */
  readonly runs: readonly HoldingRun[]
  /** What the code stands for now, in the time of the change. */
  readonly standing: readonly string[]
  /** Other source codes that stand for the same: some of the lines may be theirs. */
  readonly sharedWith: readonly string[]
}

type Asked = { readonly systemId: number; readonly change: MappingChange; readonly scope: readonly string[] }

const RUNS_MAX = 20

/** What a change of a mapping would touch, within the scope of whoever asks. */
export async function readMappingEffect(db: Queryable, { systemId, change, scope }: Asked): Promise<MappingEffect> {
  const standing = await standingOf(db, systemId, change)
  const of = { ...change, systemId, standing, scope }
  const codes = [...new Set(standing.map(({ code }) => code))]
  const [lines, waiting, runs, sharedWith] = await Promise.all([
    sumLinesThatCarry(db, of),
    sumRecordsThatWait(db, of),
    listHoldingRuns(db, of, RUNS_MAX),
    listSharers(db, systemId, change, codes),
  ])
  return { lines, waiting, runs, standing: codes, sharedWith }
}

/** The entities a change touches. Nobody whose scope is everything is kept waiting for them. */
export async function entitiesOfChange(
  db: Queryable,
  { systemId, change, actor }: { systemId: number; change: MappingChange; actor: Actor },
): Promise<string[]> {
  if (actor.entityScope.includes('*')) return []
  const of = { ...change, systemId, standing: await standingOf(db, systemId, change), scope: ['*'] }
  const rows = [...(await sumLinesThatCarry(db, of)), ...(await sumRecordsThatWait(db, of))]
  return [...new Set(rows.map(({ entity }) => entity))]
}

/** Without an entry a code stands for what the jobs of its system make of it: their own translation, or itself. */
async function standingOf(db: Queryable, systemId: number, change: MappingChange) {
  const jobs = (await listJobs(db)).filter((job) => job.systemId === systemId)
  const byJobs = jobs.map(
    ({ definition }) => definition.mapping.codes[change.dimension]?.[change.sourceCode] ?? change.sourceCode,
  )
  const byDefault = [...new Set(byJobs.length > 0 ? byJobs : [change.sourceCode])]
  return standingIn(await listEntriesOf(db, systemId, change), change, byDefault)
}
