import { deleteView, findView } from '#db/queries/views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { mayChangeView } from '#server/domain/saved-view.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

/** Removes a view of one's own; an administrator also one of the team. Throws Refusal (view_not_found, not_allowed). */
export async function removeView(
  context: Pick<Context, 'db'>,
  { viewId, actor }: { viewId: number; actor: Actor },
): Promise<{ screen: string; name: string; query: string; isTeam: boolean }> {
  return perform(context, { name: 'saveView', actor, request: { remove: viewId } }, async (tx) => {
    const view = await findView(tx, viewId, actor.name)
    if (!view) throw new Refusal('view_not_found')
    if (!mayChangeView(view, actor.role)) throw new Refusal('not_allowed', `${view.owner} keeps this view for the team`)
    const { screen, name, query, isTeam } = view
    await deleteView(tx, viewId)
    return {
      result: { screen, name, query, isTeam },
      entities: [],
      audit: { action: 'view.removed', objectType: 'view', objectId: `${viewId}`, before: { screen, name, query, isTeam } },
    }
  })
}
