import { createHash } from 'node:crypto'
import { findArtifact, storeArtifact } from '#db/queries/artifacts.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import { addRunArtifact, findJob, insertRun, listRunArtifacts, markExtracted } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { waitsForOf } from './waits-for.ts'

export type LoadFile = {
  readonly job: string
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Keeps the file as an artifact and queues a run over it, in one transaction: bytes that were accepted are never lost.
 * Throws Refusal (job_not_found) and TechnicalError (file_too_large).
 */
export async function loadFile(
  context: Context,
  { job: jobName, name, bytes, actor, idempotencyKey }: LoadFile,
): Promise<{ runId: number }> {
  const job = await findJob(context.db, jobName)
  if (!job) throw new Refusal('job_not_found', jobName)
  let isRepeat = true
  const answer = await perform(
    context,
    { name: 'loadFile', actor, idempotencyKey, request: { job: jobName, name } },
    async (tx, correlationId) => {
      isRepeat = false
      const { artifactId, sha256, byteCount } = await storeArtifact(tx, bytes, job.definition.limits.maxBytes)
      const waitsFor = await waitsForOf(tx, job.definition, context.now())
      const { runId } = await insertRun(tx, {
        entityScope: [...actor.entityScope],
        jobId: job.jobId,
        jobVersion: job.version,
        trigger: 'manual',
        status: waitsFor.length > 0 ? 'blocked' : 'queued',
        waitsFor,
        requestedBy: actor.name,
        correlationId,
        slice: '*',
      })
      await addRunArtifact(tx, { runId, seq: 0, artifactId, name: name.slice(0, 500), cursor: null })
      await markExtracted(tx, runId)
      if (waitsFor.length === 0) await enqueueRun(tx, runId)
      return {
        result: { runId },
        entities: [],
        audit: {
          action: 'file.received',
          objectType: 'run',
          objectId: String(runId),
          after: { job: jobName, file: name, sha256, bytes: byteCount },
        },
      }
    },
  )
  // The key is compared before the bytes are read, so what they are is compared here: other bytes are another request.
  if (isRepeat) await expectSameBytes(context.db, answer.runId, bytes)
  return answer
}

async function expectSameBytes(db: Context['db'], runId: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash('sha256')
  for await (const piece of bytes) hash.update(piece)
  const [received] = await listRunArtifacts(db, runId)
  const artifact = received ? await findArtifact(db, received.artifactId) : null
  if (artifact?.sha256 !== hash.digest('hex')) throw new Refusal('idempotency_key_reused', `run ${runId} was given another file`)
}
