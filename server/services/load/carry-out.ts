import { readCorrections } from '#db/load/corrected.ts'
import { readKnownLines } from '#db/load/known-lines.ts'
import { findPart, leaveOvertaken, readSelectedPositions } from '#db/load/part.ts'
import type { LoadScope } from '#db/load/settle-lines.ts'
import type { Queryable } from '#db/client.ts'
import { clearAttempt, insertLoad } from '#db/queries/loads.ts'
import { readMapping } from '#db/queries/mappings.ts'
import { readClosedPeriods, readReference } from '#db/queries/reference.ts'
import {
  enterStage,
  listRunArtifacts,
  sumArtifactBytes,
  type EndedStage,
  type RunArtifact,
  type RunWithJob,
} from '#db/queries/runs.ts'
import { isLineType, type LineType } from '#server/domain/record.ts'
import type { RunStatus, StageName } from '#server/domain/run.ts'
import { Tally } from '#server/domain/tally.ts'
import { noteFacts, traced } from '#server/platform/traced.ts'
import type { Context } from '../context.ts'
import { concludeRun } from './conclude-run.ts'
import { extractDeliveries } from './extract.ts'
import { closedStates, isLimited, proveLoad, settleLoad, type ReadLoad, type RunPart } from './prove-load.ts'
import { readRecords } from './read-records.ts'
import type { Watch } from './watch.ts'

/** The statements of a stage over a load this small wait for the disk once, not each: 5 ms apiece. Larger ones use several connections. */
const AT_ONCE_MAX = 10_000

/** The stages of one attempt, in the order in which they happen. `at` hears of each before it begins. */
export async function carryOut(
  context: Context,
  found: RunWithJob,
  watch: Watch,
  at: (stage: StageName) => void,
): Promise<RunStatus> {
  const { db } = context
  const { run, job, systemId } = found
  let before: EndedStage | null = null
  const stage = <T>(name: StageName, work: () => Promise<T>, recordsOf?: (done: T) => number): Promise<T> =>
    traced(`stage ${name}`, { 'tower.stage': name }, async (span) => {
      at(name)
      await watch.enter(name)
      await enterStage(db, run, name, before)
      const done = await work()
      if (recordsOf) {
        before = { stage: name, records: recordsOf(done) }
        span.setAttribute('tower.records', before.records)
      }
      return done
    })
  // A first attempt follows nobody.
  if (run.attempt > 1) await clearAttempt(db, run.runId)

  const extract = async () => {
    if (!run.extractedAt) await extractDeliveries(context, found, watch)
    return listRunArtifacts(db, run.runId)
  }
  const artifacts = await stage('extract', extract, (stored) => stored.length)
  const part = await openPart(db, found)
  const { load, tally, read } = await stage(
    'validate',
    () => validate(context, found, watch, part && !part.isLeft ? [] : artifacts, part),
    (done) => done.tally.count,
  )
  const count = () => tally.count
  const atOnce = <T>(work: (on: Queryable) => Promise<T>) => (tally.count <= AT_ONCE_MAX ? db.transaction(work) : work(db))
  const settled = await stage('load', () => atOnce((on) => settleLoad(on, load, read)), count)
  const proof = await stage('prove', () => atOnce((on) => proveLoad(on, run, load, job, tally, read, settled)), count)
  // Its end is written in the transaction that ends the attempt.
  return stage('publish', () => concludeRun(context, { run, job, systemId }, load, settled, proof, part))
}

/** Of a run that a bulk replay made: what it is there for, once records that newer data covers are left out. */
async function openPart(db: Queryable, { run, job, systemId }: RunWithJob): Promise<RunPart | null> {
  const part = await findPart(db, run)
  if (!part) return null
  if (part.isPublication) return { ...part, lookedAt: 0, isLeft: true }
  return { ...part, ...(await leaveOvertaken(db, part, systemId, job.extract === 'full')) }
}

async function validate(
  { db }: Context,
  { run, job, systemId }: RunWithJob,
  watch: Watch,
  artifacts: readonly RunArtifact[],
  part: RunPart | null,
): Promise<{ load: LoadScope; tally: Tally; read: ReadLoad }> {
  const objectType: LineType = isLineType(job.objectType) ? job.objectType : 'journal_line'
  const tally = new Tally()
  const bytes = await sumArtifactBytes(db, run.runId)
  watch.follow(tally, bytes)
  const [{ loadId, firstLineId }, known, reference, mapping, corrections, closedPeriods] = await Promise.all([
    insertLoad(db, run.runId, run.attempt, true),
    isLineType(job.objectType) && !isLimited(part) ? readKnownLines(db, { systemId, objectType }, bytes) : null,
    readReference(db, job.rules.members, run.asOfPublication ?? 0, systemId),
    readMapping(db, systemId, run.mappingVersion ?? 0),
    readCorrections(db, run.jobId),
    readClosedPeriods(db, closedStates(job)),
  ])
  const read = await readRecords({
    db,
    run,
    loadId,
    systemId,
    firstLineId,
    job,
    artifacts,
    tally,
    reference,
    mapping,
    corrections,
    closedPeriods: new Set([...closedPeriods].filter((period) => !part?.openedPeriods.includes(period))),
    known,
    selected: part?.isPartial ? (artifactId) => readSelectedPositions(db, part, artifactId) : null,
    knowsLeftMembers: part?.hasOriginalRules ?? false,
    signal: watch.signal,
    onProgress: (records, bytes) => watch.count(records, bytes),
  })
  noteFacts({ 'tower.entity': someOf(tally.entities()), 'tower.period': someOf(tally.periods()) })
  return {
    load: { loadId, runId: run.runId, systemId, objectType },
    tally,
    read: { ...read, comparedAt: known?.at ?? null, part },
  }
}

const NAMED_MAX = 12
const someOf = (codes: readonly string[]): string =>
  codes.length > NAMED_MAX ? `${codes.slice(0, NAMED_MAX).join(' ')} +${codes.length - NAMED_MAX}` : codes.join(' ')
