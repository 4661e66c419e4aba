import { storeArtifact } from '#db/queries/artifacts.ts'
import { insertConnectorCalls } from '#db/queries/connector-calls.ts'
import { addRunArtifact, holdsRun, listRunArtifacts, markExtracted, type Run, type RunWithJob } from '#db/queries/runs.ts'
import type { Delivery, SourceCall } from '#server/connectors/connector.ts'
import { findConnector } from '#server/connectors/connectors.ts'
import { FolderSettings, listFolder } from '#server/connectors/folder/folder.ts'
import { LostRun } from './lost-run.ts'
import { TechnicalError } from '#server/domain/errors.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { fileOfSlice } from '#server/domain/run.ts'
import type { Context } from '../context.ts'
import { noteCall } from '../instruments.ts'

type Watched = { readonly signal: AbortSignal; count(records: number, bytes: number): void }

/**
 * Stage extract: every delivery of the source becomes an artifact, and the cursor commits with it, so that a killed run goes
 * on after the last one it stored. A run with a slice of one file reads that file only.
 */
export async function extractDeliveries(context: Context, { run, job, systemId }: RunWithJob, watch: Watched): Promise<void> {
  const { type, ...settings } = job.source
  const connector = findConnector(type)
  if (!connector) throw new TechnicalError('source_not_found', 'this run was given no file')
  const file = type === 'folder' ? fileOfSlice(run.slice) : null
  if (type === 'folder' && file === null) return sayWhy(context, job)
  const stored = await listRunArtifacts(context.db, run.runId)
  let seq = stored.length
  let bytes = 0
  const calls = callsOf(context, run, systemId, job.system.code)
  const seenCursors = stored.map((artifact) => artifact.cursor).filter((cursor) => cursor !== null)
  const last = stored.at(-1)
  // After the last delivery there is no cursor: all are here, and the run was killed before that was written down.
  const isWhole = last !== undefined && last.cursor === null
  if (!isWhole) {
    const deliveries = connector.extract({
      settings,
      cursor: last?.cursor ?? null,
      seenCursors,
      file: file ?? undefined,
      isClaimed: 'count' in job.format && job.format.count !== undefined,
      signal: watch.signal,
      credential: context.credential,
      onCall: calls.add,
    })
    try {
      for await (const delivery of deliveries) await keep(delivery)
    } finally {
      await calls.write()
    }
  }
  if (seq === 0) throw new TechnicalError('source_not_found', 'there was nothing to take')
  await markExtracted(context.db, run.runId)

  async function keep(delivery: Delivery): Promise<void> {
    watch.signal.throwIfAborted()
    const counted = counting(delivery.bytes, (n) => {
      bytes += n
      watch.count(seq, bytes)
    })
    await context.db.transaction(async (tx) => {
      const { artifactId } = await storeArtifact(tx, counted, job.limits.maxBytes)
      if (!(await holdsRun(tx, run))) throw new LostRun()
      await addRunArtifact(tx, { runId: run.runId, seq, artifactId, name: delivery.name, cursor: delivery.cursor })
    })
    seq++
    await calls.write()
  }
}

/** Of a run that was made where its folder could not be looked into: read as a whole, it would bring again what was read long ago. */
async function sayWhy({ credential }: Context, { job, source: { type: _, ...settings } }: JobDefinition): Promise<never> {
  await listFolder(FolderSettings.parse(settings), credential)
  throw new TechnicalError(
    'source_not_found',
    `its folder could not be looked into when it was due; once it can, run ${job} or its next due time loads each new file`,
  )
}

/** The requests to the source, kept whatever becomes of the attempt: what they say is about the source. */
function callsOf(context: Context, run: Run, systemId: number, system: string) {
  let waiting: SourceCall[] = []
  return {
    add(call: SourceCall): void {
      waiting.push(call)
      noteCall(system, call)
    },
    async write(): Promise<void> {
      const calls = waiting
      waiting = []
      const of = { systemId, jobId: run.jobId, runId: run.runId, attempt: run.attempt }
      await insertConnectorCalls(context.db, of, calls).catch((error: unknown) => {
        // Health is for looking: a load is not given up because it cannot be written down.
        context.log.warn({ err: error, calls: calls.length }, 'requests to the source could not be recorded')
      })
    },
  }
}

async function* counting(bytes: AsyncIterable<Uint8Array>, onBytes: (n: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onBytes(piece.length)
    yield piece
  }
}
