import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { TechnicalError } from '#server/domain/errors.ts'
import { heard } from '#server/domain/heard.ts'
import { baseAddress, redactor } from '../http-address.ts'
import { timedCall } from '../source-call.ts'
import type { DocumentAnswer, DocumentTarget, TargetRequest } from '../target.ts'
import { openAsker } from './ask.ts'
import { DocumentsSettings } from './settings.ts'

const Decimal = z.string().regex(/^-?\d{1,30}(\.\d{1,10})?$/)
const Count = z.number().int().min(0)
/** Given back as it came, so it must be kept as it came. */
const Reference = z
  .string()
  .min(1)
  .refine((text) => heard(text) === text, 'it cannot be kept')
const Found = z.object({
  documents: z.array(
    z.object({
      key: z.string(),
      reference: Reference,
      contentHash: z.string(),
      count: Count,
      debit: Decimal,
      credit: Decimal,
    }),
  ),
})
const Answered = z.object({
  results: z.array(
    z.discriminatedUnion('outcome', [
      z.object({ key: z.string(), outcome: z.literal('taken'), reference: Reference }),
      z.object({ key: z.string(), outcome: z.literal('refused'), code: z.string(), message: z.string() }),
    ]),
  ),
})
const Totals = z.object({
  totals: z.array(
    z.object({
      entity: z.string(),
      period: z.string(),
      version: z.string(),
      currency: z.string(),
      count: Count,
      debit: Decimal,
      credit: Decimal,
    }),
  ),
})

/**
 * Documents in bulk over HTTP and JSON, each with an answer of its own; asked for by natural key; totals by slice:
 * POST {url}/documents, {url}/documents/lookup, {url}/totals. The outcome is read from the answer, never from its status alone.
 */
export const documents: DocumentTarget<DocumentsSettings> = {
  kind: 'documents',
  settings: DocumentsSettings,
  open({ settings, sender, signal, credential, onCall }: TargetRequest<DocumentsSettings>) {
    const token = readToken(settings.tokenFrom, credential)
    const redact = redactor(token)
    const base = addressOf(settings, credential)
    const asker = openAsker({ ...settings, redact, token })
    const keepPace = pacer(settings.requestsPerSecond)

    const ask = async <T>(path: string, body: object, shape: z.ZodType<T>): Promise<T> => {
      signal.throwIfAborted()
      await keepPace(signal)
      const address = new URL(`${base}/${path}`)
      const name = `POST ${address.pathname}`
      const read = (bytes: Buffer) => ({ bytes: bytes.length, value: readAnswer(bytes, shape) })
      try {
        return await timedCall({ onCall, signal }, name, () => asker.post(address, body, signal), read)
      } catch (error) {
        if (!(error instanceof TechnicalError)) throw error
        throw new TechnicalError(error.code, redact(`${name}: ${error.detail}`), error)
      }
    }

    return {
      batchSize: settings.batchSize,
      askAfterMs: settings.timeoutMs + settings.settleMs,
      settleMs: settings.settleMs,
      async find(keys) {
        const { documents: found } = await ask('documents/lookup', { sender, keys }, Found)
        const strange = found.find(({ key }) => !keys.includes(key))
        if (strange) throw new TechnicalError('target_contract_changed', `it answered for ${strange.key}, which was not asked`)
        return found
      },
      async send(sent) {
        const body = sent.map(({ idempotencyKey, ...document }) =>
          settings.idempotencyKeys ? { ...document, idempotencyKey } : document,
        )
        const { results } = await ask('documents', { sender, documents: body }, Answered)
        return inOrder(
          sent.map(({ key }) => key),
          results,
        )
      },
      async totals(slices) {
        return (await ask('totals', { sender, slices }, Totals)).totals
      },
      close: () => asker.close(),
    }
  },
}

/** One answer for each, no more: a batch that was half answered says nothing of the rest. */
function inOrder(keys: readonly string[], results: readonly DocumentAnswer[]): DocumentAnswer[] {
  const byKey = new Map(results.map((result) => [result.key, result]))
  if (results.length !== keys.length || byKey.size !== keys.length)
    throw new TechnicalError('target_contract_changed', `${keys.length} documents were sent, ${results.length} answered`)
  return keys.map((key) => {
    const answer = byKey.get(key)
    if (!answer) throw new TechnicalError('target_contract_changed', `it did not answer for ${key}`)
    return answer
  })
}

function readAnswer<T>(bytes: Buffer, shape: z.ZodType<T>): T {
  let body: unknown
  try {
    body = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new TechnicalError('target_contract_changed', 'the answer is not JSON')
  }
  const read = shape.safeParse(body)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new TechnicalError('target_contract_changed', `the answer is not as agreed: ${issue?.path.join('.')}: ${issue?.message}`)
}

function readToken(variable: string | undefined, credential: (name: string) => string | undefined): string | null {
  if (variable === undefined) return null
  const token = credential(variable)?.trim() ?? ''
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TechnicalError('target_credential_missing', `${variable} is not set, or no token`)
  return token
}

function addressOf({ url, baseFrom }: DocumentsSettings, credential: (name: string) => string | undefined): string {
  try {
    return `${baseFrom === undefined ? '' : baseAddress(baseFrom, credential(baseFrom)?.trim() ?? '')}${url}`.replace(/\/+$/, '')
  } catch (error) {
    if (!(error instanceof TechnicalError)) throw error
    const isMissing = error.code === 'credential_missing'
    throw new TechnicalError(isMissing ? 'target_credential_missing' : 'target_endpoint_unknown', error.detail)
  }
}

/** Waits so that requests start no closer together than the job allows. */
function pacer(perSecond: number | undefined): (signal: AbortSignal) => Promise<void> {
  let nextAt = 0
  return async (signal) => {
    const wait = nextAt - performance.now()
    if (wait > 0) await sleep(wait, undefined, { signal })
    if (perSecond !== undefined) nextAt = performance.now() + 1000 / perSecond
  }
}
