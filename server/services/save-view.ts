import { countOwnViews, saveOwnView } from '#db/queries/views.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { isViewScreen, VIEW_NAME_CHARS_MAX, VIEW_QUERY_CHARS_MAX, viewQuery } from '#server/domain/saved-view.ts'
import type { Context } from './context.ts'
import { perform } from './perform.ts'

export const VIEWS_OF_A_PERSON_MAX = 200

export type SaveView = {
  readonly screen: string
  readonly name: string
  readonly query: string
  readonly isTeam: boolean
  readonly actor: Actor
}

/** Throws Refusal (input_invalid). */
export function refuseName(name: string): void {
  if (name === '' || name.length > VIEW_NAME_CHARS_MAX)
    throw new Refusal('input_invalid', `a view needs a name of at most ${VIEW_NAME_CHARS_MAX} characters`)
}

/** Keeps a list as it is seen under a name; under a name of one's own for that list it replaces the view. */
export async function saveView(
  context: Pick<Context, 'db'>,
  { screen, name: given, query: asSeen, isTeam, actor }: SaveView,
): Promise<{ viewId: number }> {
  const name = given.trim()
  const query = viewQuery(asSeen)
  const request = { screen, name, query, isTeam }
  return perform(context, { name: 'saveView', actor, request }, async (tx) => {
    if (!isViewScreen(screen)) throw new Refusal('input_invalid', 'this screen has no views')
    refuseName(name)
    if (query.length > VIEW_QUERY_CHARS_MAX) throw new Refusal('input_invalid', 'these filters are too long to be kept')
    if ((await countOwnViews(tx, actor.name)) >= VIEWS_OF_A_PERSON_MAX)
      throw new Refusal('input_invalid', `you have ${VIEWS_OF_A_PERSON_MAX} views; remove one first`)
    const { viewId, before } = await saveOwnView(tx, actor.name, request)
    return {
      result: { viewId },
      entities: [],
      audit: { action: 'view.saved', objectType: 'view', objectId: `${viewId}`, before, after: request },
    }
  })
}
