import { lockNamedByRule, withdrawClassificationRuleRow } from '#db/queries/classification.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import type { Context } from './context.ts'
import { perform, type Audited } from './perform.ts'
import { expectReason } from './reason.ts'
import { rename } from './triage/rename.ts'

export type WithdrawClassificationRule = {
  readonly ruleId: number
  readonly reason: string
  readonly actor: Actor
  readonly idempotencyKey?: string | undefined
}

/**
 * Ends a rule. What it named and is still open has no name again; what was fixed stays as it was told. Throws Refusal (not_allowed,
 * classification_rule_not_found, reason_missing).
 */
export async function withdrawClassificationRule(
  context: Pick<Context, 'db'>,
  { ruleId, reason, actor, idempotencyKey }: WithdrawClassificationRule,
): Promise<{ ruleId: number; exceptions: readonly number[] }> {
  const command = { name: 'withdrawClassificationRule', actor, reason, idempotencyKey, request: { ruleId, reason } } as const
  return perform(context, command, async (tx) => {
    expectReason(reason)
    const before = await withdrawClassificationRuleRow(tx, ruleId, { by: actor.name, reason })
    if (!before) throw new Refusal('classification_rule_not_found', `${ruleId}`)
    const rows = await lockNamedByRule(tx, ruleId)
    const renamed: Audited[] = []
    for (const row of rows) renamed.push(await rename(tx, row, null))
    const rule = { action: 'classification_rule.withdrawn', objectType: 'classification_rule', objectId: `${ruleId}`, before }
    return {
      result: { ruleId, exceptions: rows.map(({ exceptionId }) => exceptionId) },
      entities: rows.flatMap(({ entities }) => entities),
      audit: [rule, ...renamed],
    }
  })
}
