import { listParts } from '#db/queries/comparisons.ts'
import { insertExplanation, withdrawExplanationRow } from '#db/queries/sign-offs.ts'
import type { Actor } from '#server/domain/actor.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { Refusal } from '#server/domain/errors.ts'
import { formatMinor, isZeroDecimal, parseAmount } from '#server/domain/money.ts'
import { TOO_MANY } from '#server/domain/reconciliation/may-sign.ts'
import type { ExplanationType } from '#server/domain/reconciliation/state.ts'
import { sha256Hex } from '#server/platform/hash.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { audited } from './audited.ts'
import { expectInForce, keepEvidence, type GivenFile } from './evidence.ts'
import { lockOpen, restate, SINCE_COMPARED } from './restate.ts'

type Asked = {
  readonly reconciliationId: number
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type ExplainBreak = Asked & {
  /** A part that is unexplained, of the comparison that was looked at: another one numbers its parts anew. */
  readonly part: number
  readonly comparisonId: number
  readonly type: ExplanationType
  /** Units of the currency, side minus first. */
  readonly amount: string
  readonly text: string
  /** A file that supports it: one that is there, or a new one. */
  readonly evidenceId?: number | undefined
  readonly file?: GivenFile | undefined
}

/**
 * Says what an unexplained key is, with its amount. A preparation lapses: what was prepared has another story now. Throws Refusal
 * (reconciliation_not_found, explanation_refused, evidence_refused).
 */
export async function explainBreak(context: Context, asked: ExplainBreak): Promise<{ explanationId: number }> {
  const { reconciliationId, comparisonId, part, type, amount, text, evidenceId, file, actor, idempotencyKey } = asked
  const request = { reconciliationId, comparisonId, part, type, amount, text, evidenceId, file: file && sha256Hex(file.bytes) }
  return perform(context, { name: 'explainBreak', actor, idempotencyKey, request }, async (tx) => {
    const of = await lockOpen(tx, reconciliationId, 'explanation_refused')
    if (of.comparisonId !== comparisonId) throw new Refusal('explanation_refused', SINCE_COMPARED)
    const found = (await listParts(tx, of.comparisonId!, 'unexplained')).find((one) => one.part === part)
    if (!found) throw new Refusal('explanation_refused', 'what you saw is not unexplained any more')
    if (found.because.kind === 'bounded') throw new Refusal('explanation_refused', TOO_MANY)
    if (text.trim().length < 5) throw new Refusal('reason_missing')
    const digits = minorDigitsOf(found.currency) ?? 0
    const minor = parseAmount(amount, digits)
    if (typeof minor !== 'bigint' || isZeroDecimal(amount))
      throw new Refusal('explanation_refused', `write an amount of ${found.currency}, like ${formatMinor(12345n, digits)}`)
    const { side, account_group, currency, key } = found
    const added = file && (await keepEvidence(tx, of, file, { by: actor.name, at: context.now() }))
    if (!added && evidenceId) await expectInForce(tx, reconciliationId, evidenceId)
    const explanationId = await insertExplanation(tx, {
      reconciliationId,
      side,
      account_group,
      currency,
      key,
      type,
      amount: formatMinor(minor, digits),
      text: text.trim(),
      evidenceId: added?.evidenceId ?? evidenceId ?? null,
      explainedBy: actor.name,
      at: context.now(),
    })
    await restate(tx, of)
    return {
      result: { explanationId },
      entities: [of.entity],
      audit: audited(of, 'reconciliation.explained', {
        explanation: explanationId,
        key,
        type,
        currency,
        amount: formatMinor(minor, digits),
        text,
        evidence: added ?? evidenceId,
      }),
    }
  })
}

/** Takes an explanation back. It stays readable. Throws Refusal (reconciliation_not_found, explanation_refused). */
export async function withdrawExplanation(
  context: Context,
  { reconciliationId, explanationId, actor, idempotencyKey }: Asked & { readonly explanationId: number },
): Promise<void> {
  const request = { reconciliationId, explanationId }
  await perform(context, { name: 'withdrawExplanation', actor, idempotencyKey, request }, async (tx) => {
    const of = await lockOpen(tx, reconciliationId, 'explanation_refused')
    if (!(await withdrawExplanationRow(tx, { reconciliationId, explanationId, by: actor.name, at: context.now() })))
      throw new Refusal('explanation_refused', 'it was withdrawn already')
    await restate(tx, of)
    return {
      result: undefined,
      entities: [of.entity],
      audit: audited(of, 'reconciliation.explanation_withdrawn', { explanation: explanationId }),
    }
  })
}
