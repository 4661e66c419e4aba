import type { Transaction } from '#db/client.ts'
import { lockExceptions, saveTriage, type Refusable, type TriageChange, type TriageRow } from '#db/queries/triage.ts'
import { seesEntity, type Actor, type CommandName } from '#server/domain/actor.ts'
import { Refusal } from '#server/domain/errors.ts'
import { actsOn } from '#server/domain/triage.ts'
import type { Context } from '../context.ts'
import { perform, type Audited } from '../perform.ts'

export const EXCEPTIONS_AT_ONCE_MAX = 10_000

/** An exception somebody looks at, as they saw it: acted on only while it still stands there. */
export type Seen = { readonly exceptionId: number; readonly revision?: number | undefined }

/** One of each that was asked for, in its order. */
export type ActResult = {
  readonly exceptionId: number
  readonly outcome: 'done' | 'skipped' | 'not_allowed'
  readonly why: string
}

export type Acted = { readonly results: readonly ActResult[]; readonly correlationId: string }

type Act = {
  readonly name: CommandName
  /** Past tense, for the audit: assigned. */
  readonly event: string
  readonly actor: Actor
  readonly exceptions: readonly Seen[]
  readonly reason?: string | undefined
  readonly request: object
  readonly idempotencyKey?: string | undefined
  /** Said beside it by whoever sees it: nothing of the exception itself changes. */
  readonly isAside?: boolean
}

/** What becomes of one; a text says why nothing does. */
export type Decide = (row: TriageRow) => TriageChange | string
type After = (tx: Transaction, rows: readonly TriageRow[]) => Promise<void>

/**
 * One act on any number of exceptions, through the door, one audit event each. What cannot be done to one of them does not stop the others:
 * each result says what happened. Throws Refusal (not_allowed for the role, input_invalid).
 */
export async function actOn(
  context: Pick<Context, 'db'>,
  { name, event, actor, exceptions, reason, request, idempotencyKey, isAside = false }: Act,
  decide: Decide,
  after: After = async () => undefined,
): Promise<Acted> {
  const command = { name, actor, reason, idempotencyKey, request: { ...request, exceptions, reason } }
  return perform<Acted>(context, command, async (tx, correlationId) => {
    const asked = [...new Map(exceptions.map((seen) => [seen.exceptionId, seen])).values()]
    if (asked.length === 0 || asked.length > EXCEPTIONS_AT_ONCE_MAX)
      throw new Refusal('input_invalid', `choose between 1 and ${EXCEPTIONS_AT_ONCE_MAX} exceptions`)
    const ids = asked.map(({ exceptionId }) => exceptionId)
    const rows = new Map((await lockExceptions(tx, ids)).map((row) => [row.exceptionId, row]))
    const done: { row: TriageRow; change: Required<TriageChange> }[] = []
    const results = asked.map((seen): ActResult => {
      const { exceptionId } = seen
      const row = rows.get(exceptionId)
      const [outcome, why] = refusalOf(row, seen, actor, isAside)
      if (outcome !== null || !row) return { exceptionId, outcome: outcome ?? 'skipped', why }
      const change = decide(row)
      if (typeof change === 'string') return { exceptionId, outcome: 'skipped', why: change }
      done.push({ row, change: { ...standingOf(row), ...change } })
      return { exceptionId, outcome: 'done', why: '' }
    })
    const changes = done.map(({ row, change }) => ({ exceptionId: row.exceptionId, ...change }))
    if (!isAside) await saveTriage(tx, changes)
    await after(
      tx,
      done.map(({ row }) => row),
    )
    return {
      result: { results, correlationId },
      entities: [...new Set(done.flatMap(({ row }) => row.entities))],
      audit: done.map(({ row, change }) =>
        eventOf(event, row, change, isAside ? request : { ...request, revision: row.revision + 1 }),
      ),
    }
  })
}

/** Why nothing can be done by this person with one; null where something can. */
export function refusalOf(
  row: Refusable | undefined,
  seen: Seen,
  actor: Actor,
  isAside: boolean,
): [ActResult['outcome'] | null, string] {
  // Whether there is one outside of the scope is nothing to be learned here.
  if (!row || (row.entities.length > 0 && !row.entities.some((entity) => seesEntity(actor, entity))))
    return ['skipped', 'there is no such exception']
  const outside = row.entities.filter((entity) => !seesEntity(actor, entity))
  if (outside.length > 0) return ['not_allowed', 'it concerns entities outside your scope as well']
  if (isAside) return [null, '']
  if (!actsOn(actor.role, row.failureClass)) return ['not_allowed', 'it is not for your role']
  if (row.isClosed) return ['skipped', 'it is fixed: its control passed again']
  if (seen.revision !== undefined && seen.revision !== row.revision) return ['skipped', 'somebody changed it since you looked']
  return [null, '']
}

const standingOf = ({ state, assignee, team, severity, dueAt, waivedUntil }: TriageRow): Required<TriageChange> => ({
  state,
  assignee,
  team,
  severity,
  dueAt,
  waivedUntil,
})

/** Only what changed, and enough of it to take it back. */
function eventOf(event: string, row: TriageRow, change: Required<TriageChange>, facts: object): Audited {
  const before = standingOf(row)
  const keys = (Object.keys(before) as (keyof TriageChange)[]).filter((key) => before[key] !== change[key])
  const only = (of: Required<TriageChange>) => Object.fromEntries(keys.map((key) => [key, of[key]]))
  return {
    action: `exception.${event}`,
    objectType: 'exception',
    objectId: `${row.exceptionId}`,
    before: only(before),
    after: { ...facts, ...only(change) },
  }
}
