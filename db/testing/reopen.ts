import type { Actor } from '#server/domain/actor.ts'
import { askReopening } from '#server/services/close/ask-reopening.ts'
import { decideReopening } from '#server/services/close/decide-reopening.ts'
import type { Context } from '#server/services/context.ts'

const ASKS: Actor = { name: 'asks', role: 'controller', entityScope: ['*'] }
const DECIDES: Actor = { name: 'decides', role: 'controller', entityScope: ['*'] }

/** A closed period lets lines in again: one person asks, another decides. */
export async function reopen(context: Context, entity: string, period: string): Promise<void> {
  const reason = 'for a test'
  const { requestId } = await askReopening(context, { entity, period, reason, actor: ASKS })
  await decideReopening(context, { requestId, isApproved: true, reason, actor: DECIDES })
}
