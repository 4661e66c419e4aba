import { findView, hasOtherOfName, renameOneView } from '#db/queries/views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { mayChangeView } from '#server/domain/saved-view.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'
import { refuseName } from './save-view.ts'

/** Another name for the same view: whose list opens with it still does. Throws Refusal (view_not_found, not_allowed, input_invalid). */
export async function renameView(
  context: Pick<Context, 'db'>,
  { viewId, name: given, actor }: { viewId: number; name: string; actor: Actor },
): Promise<{ screen: string; query: string }> {
  const name = given.trim()
  return perform(context, { name: 'saveView', actor, request: { rename: viewId, name } }, async (tx) => {
    refuseName(name)
    const view = await findView(tx, viewId, actor.name)
    if (!view) throw new Refusal('view_not_found')
    if (!mayChangeView(view, actor.role)) throw new Refusal('not_allowed', `${view.owner} keeps this view for the team`)
    if (await hasOtherOfName(tx, viewId, name))
      throw new Refusal('input_invalid', `there is a view “${name}” of this list already; remove that one first`)
    await renameOneView(tx, viewId, name)
    return {
      result: { screen: view.screen, query: view.query },
      entities: [],
      audit: { action: 'view.renamed', objectType: 'view', objectId: `${viewId}`, before: { name: view.name }, after: { name } },
    }
  })
}
