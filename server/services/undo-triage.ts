import { z } from 'zod'
import { listTriageEvents } from '#db/queries/audit.ts'
import type { TriageChange } from '#db/queries/triage.ts'
import type { Actor } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { isEnding, TEAMS, TRIAGE_STATES } from '#server/domain/triage.ts'
import type { Context } from './context.ts'
import { actOn, type Acted } from './triage/act-on.ts'

/** Assigning, moving and grading can be taken back; an ending has its own way back, with a reason. */
const UNDOABLE = ['exception.assigned', 'exception.moved', 'exception.graded']

const Before = z.object({
  state: z.enum(TRIAGE_STATES).optional(),
  assignee: z.string().nullable().optional(),
  team: z.enum(TEAMS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  dueAt: z.string().optional(),
  waivedUntil: z.string().nullable().optional(),
})
const After = z.object({ revision: z.int() })

export type UndoTriage = { readonly correlationId: string; readonly actor: Actor }

/** Takes back what the same person did in one act, as far as nobody has touched it since. Throws Refusal (input_invalid). */
export async function undoTriage(context: Pick<Context, 'db'>, { correlationId, actor }: UndoTriage): Promise<Acted> {
  const events = await listTriageEvents(context.db, correlationId)
  const own = events.filter((event) => event.actor === actor.name && UNDOABLE.includes(event.action))
  if (own.length === 0) throw new Refusal('input_invalid', 'there is nothing of yours to take back')
  const before = new Map<number, TriageChange>()
  const exceptions = own.map((event) => {
    const exceptionId = Number(event.objectId)
    const { state, assignee, team, severity, dueAt, waivedUntil } = Before.parse(event.before)
    before.set(exceptionId, {
      ...(state !== undefined && { state }),
      ...(assignee !== undefined && { assignee }),
      ...(team !== undefined && { team }),
      ...(severity !== undefined && { severity }),
      ...(dueAt !== undefined && { dueAt }),
      ...(waivedUntil !== undefined && { waivedUntil }),
    })
    return { exceptionId, revision: After.parse(event.after).revision }
  })
  const act = { name: 'undoTriage', event: 'act_taken_back', actor, exceptions, request: { correlationId } } as const
  return actOn(context, act, (row) => {
    const change = before.get(row.exceptionId)!
    // What a second person agreed to does not come back by a key.
    if (change.state && isEnding(change.state)) return 'it was ended before: propose that again'
    return change
  })
}
