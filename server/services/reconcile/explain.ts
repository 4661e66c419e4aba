import { listParts } from '#db/queries/comparisons.ts'
import { lockReconciliation, moveReconciliation, type Reconciliation } from '#db/queries/reconciliations.ts'
import { insertExplanation, withdrawExplanationRow } from '#db/queries/sign-offs.ts'
import type { Transaction } from '#db/client.ts'
import type { Actor } from '#server/domain/actor.ts'
import { minorDigitsOf } from '#server/domain/currency.ts'
import { Refusal } from '#server/domain/errors.ts'
import { formatMinor, isZeroDecimal, parseAmount } from '#server/domain/money.ts'
import { isReady } from '#server/domain/reconciliation/standing.ts'
import type { ExplanationType } from '#server/domain/reconciliation/state.ts'
import type { Context } from '../context.ts'
import { perform } from '../perform.ts'
import { audited } from './audited.ts'
import { standingOf } from './standing-of.ts'

type Asked = {
  readonly reconciliationId: number
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}
export type ExplainBreak = Asked & {
  /** A part of the newest comparison that is unexplained. */
  readonly part: number
  readonly type: ExplanationType
  /** Units of the currency, side minus first. */
  readonly amount: string
  readonly text: string
  readonly evidenceId?: number | undefined
}

/**
 * Says what an unexplained key is, with its amount. A preparation lapses: what was prepared has another story now. Throws Refusal
 * (reconciliation_not_found, explanation_refused).
 */
export async function explainBreak(context: Context, asked: ExplainBreak): Promise<{ explanationId: number }> {
  const { reconciliationId, part, type, amount, text, evidenceId, actor, idempotencyKey } = asked
  const request = { reconciliationId, part, type, amount, text, evidenceId }
  return perform(context, { name: 'explainBreak', actor, idempotencyKey, request }, async (tx) => {
    const of = await openToExplain(tx, reconciliationId)
    const found = (await listParts(tx, of.comparisonId!, 'unexplained')).find((one) => one.part === part)
    if (!found) throw new Refusal('explanation_refused', 'what you saw is not unexplained any more')
    if (text.trim().length < 5) throw new Refusal('reason_missing')
    const digits = minorDigitsOf(found.currency) ?? 0
    const minor = parseAmount(amount, digits)
    if (typeof minor !== 'bigint' || isZeroDecimal(amount))
      throw new Refusal('explanation_refused', `write an amount of ${found.currency}, like ${formatMinor(12345n, digits)}`)
    const { side, account_group, currency, key } = found
    const explanationId = await insertExplanation(tx, {
      reconciliationId,
      side,
      account_group,
      currency,
      key,
      type,
      amount: formatMinor(minor, digits),
      text: text.trim(),
      evidenceId: evidenceId ?? null,
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
    const of = await openToExplain(tx, reconciliationId)
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

async function openToExplain(tx: Transaction, reconciliationId: number): Promise<Reconciliation> {
  const of = await lockReconciliation(tx, reconciliationId)
  if (!of || of.comparisonId === null) throw new Refusal('reconciliation_not_found', `${reconciliationId}`)
  if (of.state === 'certified') throw new Refusal('explanation_refused', 'it is certified; what was sealed is not edited')
  return of
}

async function restate(tx: Transaction, of: Reconciliation): Promise<void> {
  const standing = (await standingOf(tx, of))!
  await moveReconciliation(tx, of.reconciliationId, { state: isReady(standing) ? 'ready' : 'breaks' })
}
