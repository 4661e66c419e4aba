import { findView, markDefaultView } from '#db/queries/views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isViewScreen } from '#server/domain/saved-view.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

/** The view a list opens with, for this person only; null opens it with everything. Throws Refusal (view_not_found). */
export async function setDefaultView(
  context: Pick<Context, 'db'>,
  { screen, viewId, actor }: { screen: string; viewId: number | null; actor: Actor },
): Promise<void> {
  return perform(context, { name: 'saveView', actor, request: { screen, default: viewId } }, async (tx) => {
    if (!isViewScreen(screen)) throw new Refusal('input_invalid', 'this screen has no views')
    const view = viewId === null ? null : await findView(tx, viewId, actor.name)
    if (viewId !== null && view?.screen !== screen) throw new Refusal('view_not_found')
    await markDefaultView(tx, actor.name, screen, viewId)
    return {
      result: undefined,
      entities: [],
      audit: { action: 'view.made_default', objectType: 'view', objectId: `${viewId ?? screen}`, after: { screen, viewId } },
    }
  })
}
