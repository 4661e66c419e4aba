import { insertConnectorCalls } from '#db/queries/connector-calls.ts'
import { findJob } from '#db/queries/runs.ts'
import { findSystemCode } from '#db/queries/system-screens.ts'
import type { Connector, SourceCall } from '#server/connectors/connector.ts'
import { findConnector } from '#server/connectors/connectors.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal, TECHNICAL_FAILURES, TechnicalError } from '#server/domain/errors.ts'
import { AnsweredRefusal } from '#server/domain/failure-names/answered-refusal.ts'
import { REFUSED_RULES } from '#server/domain/rules/refused.ts'
import type { JobDefinition } from '#server/domain/job.ts'
import { withDeadline } from '#server/platform/deadline.ts'
import type { Context } from './context.ts'
import { readRecords } from './load/parse.ts'
import { perform, refuseRole } from './perform.ts'

/** What was found out. `outcome` as in the calls of the system: 'ok' or the code of the technical failure. */
export type ConnectionTest = {
  readonly job: string
  readonly system: string
  readonly outcome: SourceCall['outcome']
  /** What was asked for, as the source calls it. */
  readonly name: string
  readonly ms: number
  readonly bytes: number
  /** One sentence for everybody. */
  readonly sentence: string
  /** For IT: what exactly failed. Never holds a secret. */
  readonly detail: string | null
  /** What to do about it. */
  readonly action: string | null
}

/** A person waits in front of it. */
const TEST_MS_MAX = 15_000

/**
 * Asks the source of a job for its first delivery, reads its first record and keeps no data: only that it was asked, and how
 * that went. Throws Refusal (job_not_found, source_needs_no_test).
 */
export async function testConnection(
  context: Context,
  { job: name, actor, deadlineMs = TEST_MS_MAX }: { job: string; actor: Actor; deadlineMs?: number },
): Promise<ConnectionTest> {
  refuseRole(actor, 'testConnection')
  const job = await findJob(context.db, name)
  if (!job) throw new Refusal('job_not_found', name)
  const system = await findSystemCode(context.db, job.systemId)
  const connector = findConnector(job.definition.source.type)
  if (!connector) throw new Refusal('source_needs_no_test', `${name} waits for a person to load a file`)
  const calls: SourceCall[] = []
  const startedAt = context.now()
  const began = performance.now()
  const found = await askOnce(context, connector, job.definition, calls, deadlineMs)
  const ms = Math.round(performance.now() - began)
  const outcome = found.failure === null ? 'ok' : isNamed(found.failure) ? (found.failure.code ?? 'unclassified') : 'unclassified'
  // The source may have answered well and the answer be no good: then what was asked is told of as it ended.
  const last = calls.at(-1)
  const retryAfterMs = found.failure instanceof TechnicalError ? found.failure.retryAfterMs : null
  const whole = {
    name: found.name ?? last?.name ?? 'test of the connection',
    startedAt,
    ms,
    outcome,
    bytes: found.bytes,
    retryAfterMs,
  }
  const kept = last && (outcome === 'ok' || last.outcome !== 'ok') ? calls : [...calls.slice(0, -1), whole]
  const test: ConnectionTest = {
    job: name,
    system,
    outcome,
    name: whole.name,
    ms,
    bytes: found.bytes,
    ...wordsOf(found, ms, job.definition),
  }
  return perform(context, { name: 'testConnection', actor, request: { job: name } }, async (tx) => {
    await insertConnectorCalls(tx, { systemId: job.systemId, jobId: job.jobId, runId: null, attempt: null }, kept)
    const { outcome: after, bytes, name: asked } = test
    return {
      result: test,
      entities: [],
      audit: {
        action: 'connection.tested',
        objectType: 'system',
        objectId: system,
        after: { job: name, asked, outcome: after, bytes, ms },
      },
    }
  })
}

type Found = { readonly name: string | null; readonly bytes: number; readonly records: boolean; readonly failure: unknown }

async function askOnce(
  context: Context,
  connector: Connector<unknown>,
  job: JobDefinition,
  calls: SourceCall[],
  deadlineMs: number,
): Promise<Found> {
  const seen = { name: null as string | null, bytes: 0 }
  const { type: _, ...settings } = job.source
  const ask = async (signal: AbortSignal): Promise<boolean> => {
    const deliveries = connector.extract({
      settings,
      cursor: null,
      seenCursors: [],
      signal,
      credential: context.credential,
      onCall: (call) => void calls.push(call),
    })
    for await (const { name, bytes } of deliveries) {
      seen.name = name
      for await (const _record of readRecords(
        job,
        counting(bytes, (n) => (seen.bytes += n)),
      ))
        return true
      return false
    }
    return false
  }
  const noneAtAll = new AbortController().signal
  try {
    // A folder on a file server that hangs does not hear a signal, so the wait itself ends too.
    const records = await withDeadline(deadlineMs, noneAtAll, (signal) => Promise.race([ask(signal), untilAborted(signal)]))
    return { ...seen, records, failure: null }
  } catch (error) {
    const isTooLate = error instanceof DOMException && error.name === 'TimeoutError'
    const failure = isTooLate
      ? new TechnicalError('source_timed_out', `no whole answer within ${deadlineMs / 1000} s`, { cause: error })
      : error
    if (!isNamed(failure)) context.log.error({ err: failure, job: job.job }, 'a connection test failed')
    return { ...seen, records: false, failure }
  }
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

const UNNAMED_ANSWER = {
  title: 'The source refused in words that have no name here',
  action: 'Read the detail. When a run meets it, IT says what it is on its exception.',
}

/** Said by the source; the rest is ours. */
const isNamed = (failure: unknown): failure is TechnicalError | AnsweredRefusal =>
  failure instanceof TechnicalError || failure instanceof AnsweredRefusal

function wordsOf({ name, bytes, records, failure }: Found, ms: number, job: JobDefinition) {
  if (failure instanceof TechnicalError) {
    const { title, action } = TECHNICAL_FAILURES[failure.code]
    return { sentence: `${title}.`, detail: failure.detail, action }
  }
  if (failure instanceof AnsweredRefusal) {
    const { title, action } = failure.code === null ? UNNAMED_ANSWER : REFUSED_RULES[failure.code]
    return { sentence: `${title}.`, detail: failure.detail, action }
  }
  if (failure !== null) {
    return {
      sentence: 'The test failed in a way we do not know.',
      detail: failure instanceof Error ? failure.name : 'unknown',
      action: 'Look into the log of the server; this is our fault.',
    }
  }
  const { tokenFrom } = job.source
  const accepted = typeof tokenFrom === 'string' ? ', the credential was accepted' : ''
  const took = `${bytes.toLocaleString('en')} bytes in ${ms.toLocaleString('en')} ms`
  if (name === null) {
    const sentence = 'Reached, but there is no file that fits the job and has settled. That is no fault.'
    return { sentence, detail: null, action: null }
  }
  const content = records ? 'its first record can be read' : 'it can be read and holds no record'
  return { sentence: `Reached${accepted}, ${content}: ${took}.`, detail: null, action: null }
}

async function* counting(bytes: AsyncIterable<Uint8Array>, onBytes: (n: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onBytes(piece.length)
    yield piece
  }
}
