import type { Transaction } from '#db/client.ts'
import { storeArtifact } from '#db/queries/artifacts.ts'
import { saveJob, saveSystem } from '#db/queries/definitions.ts'
import { listMemberFacts } from '#db/queries/members.ts'
import { enqueueRun } from '#db/queries/queue.ts'
import { addRunArtifact, findJob, insertRun, markExtracted, type JobRow } from '#db/queries/runs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { correctionCsv, correctionJob, type MemberCorrection, type MemberType } from '#server/domain/member-correction.ts'
import { requestHash } from '#server/platform/hash.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { expectReason } from './reason.ts'

export type CorrectMember = {
  readonly correction: MemberCorrection
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Adds a member, or corrects one from a date on, as a load like any other: what was entered is its artifact, it is judged,
 * published, and can be rolled back. From its date on it counts before what any system says. Throws Refusal (reason_missing,
 * entity_not_found, outside_entity_scope, input_invalid).
 */
export async function correctMember(
  context: Pick<Context, 'db' | 'now'>,
  { correction, reason, actor, idempotencyKey }: CorrectMember,
): Promise<{ runId: number }> {
  const request = { correction, reason }
  return perform(context, { name: 'correctMember', actor, reason, idempotencyKey, request }, async (tx, correlationId) => {
    expectReason(reason)
    const { dimension, entity, code } = correction
    await expectEntity(tx, correction, actor)
    const before = await listMemberFacts(tx, { dimension, code, entity })
    const job = await jobFor(tx, dimension, actor, context.now())
    const csv = correctionCsv(correction, before.at(-1) ?? null)
    const { artifactId, sha256 } = await storeArtifact(tx, bytesOf(csv), job.definition.limits.maxBytes)
    const { runId } = await insertRun(tx, {
      entityScope: [...actor.entityScope],
      jobId: job.jobId,
      jobVersion: job.version,
      trigger: 'manual',
      status: 'queued',
      requestedBy: actor.name,
      reason,
      correlationId,
      slice: '*',
    })
    const name = `${dimension} ${code} by ${actor.name}.csv`
    await addRunArtifact(tx, { runId, seq: 0, artifactId, name: name.slice(0, 500), cursor: null })
    await markExtracted(tx, runId)
    await enqueueRun(tx, runId)
    return {
      result: { runId },
      entities: [dimension === 'entity' ? code : entity],
      audit: {
        action: before.length > 0 ? 'member.corrected' : 'member.added',
        objectType: 'member',
        objectId: [dimension, entity, code].filter(Boolean).join(' '),
        before,
        after: { ...correction, run: runId, sha256 },
      },
    }
  })
}

/** A member of all entities is for people who may change all of them. */
async function expectEntity(tx: Transaction, { dimension, entity }: MemberCorrection, actor: Actor): Promise<void> {
  if (dimension === 'entity') {
    if (entity !== '') throw new Refusal('input_invalid', 'an entity belongs to no other entity')
    return
  }
  if (entity === '') {
    if (!actor.entityScope.includes('*')) throw new Refusal('outside_entity_scope', 'a member of all entities')
    return
  }
  const known = await listMemberFacts(tx, { dimension: 'entity', code: entity, entity: '' })
  if (known.length === 0) throw new Refusal('entity_not_found', entity)
}

/** The built-in job of the dimension; made, or brought up to date, when somebody first needs it. */
async function jobFor(tx: Transaction, dimension: MemberType, actor: Actor, at: Date): Promise<JobRow> {
  const definition = correctionJob(dimension)
  const systemId = await saveSystem(tx, definition.system)
  const found = await findJob(tx, definition.job)
  const hash = requestHash(definition)
  if (found && requestHash(found.definition) === hash) return found
  const version = (found?.version ?? 0) + 1
  await saveJob(tx, { definition, systemId, version, hash, actor: actor.name, jobId: found?.jobId ?? null, at })
  return (await findJob(tx, definition.job))!
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}
