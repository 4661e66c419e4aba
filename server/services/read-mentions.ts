import { listUnreadMentions } from '#db/queries/mentions.ts'
import type { Actor } from '#server/domain/actor.ts'
import type { Context } from './context.ts'
import { perform, refuseRole } from './perform.ts'

/** As many as are written down at once; the rest when it is opened again. */
const READ_MAX = 200

/** Whoever opened an exception has read the notes of it that name them. */
export async function readMentions(
  context: Pick<Context, 'db'>,
  { exceptionId, actor }: { exceptionId: number; actor: Actor },
): Promise<void> {
  refuseRole(actor, 'readMentions')
  const unread = { signIn: actor.name, scope: actor.entityScope, exceptionId, limit: READ_MAX }
  // Most are opened by people nobody named: nothing is written then.
  if ((await listUnreadMentions(context.db, unread)).length === 0) return
  await perform(context, { name: 'readMentions', actor, request: { read: exceptionId } }, async (tx) => {
    const notes = await listUnreadMentions(tx, unread)
    return {
      result: undefined,
      entities: [],
      audit: notes.map(({ noteId }) => ({
        action: 'note.read',
        objectType: 'note',
        objectId: `${noteId}`,
        after: { exceptionId },
      })),
    }
  })
}
