import type { Queryable } from '#db/client.ts'
import type { ExceptionsFilter } from '#db/queries/exception-filter.ts'
import { listExceptions } from '#db/queries/exceptions.ts'
import { findResult } from '#db/queries/commands.ts'
import { listRefusable } from '#db/queries/triage.ts'
import type { Actor } from '#server/domain/actor.ts'
import { sumDecimals } from '#server/domain/money.ts'
import { EXCEPTIONS_AT_ONCE_MAX, refusalOf, type Acted, type ActResult } from '../triage/act-on.ts'
import { EXCEPTION_GROUPS, listInOrder, type ExceptionsRequest, type ShownException } from './exceptions-view.ts'

/** What an act would reach, before it is done. */
export type ActPreview = {
  /** The first of them. */
  readonly rows: readonly ShownException[]
  readonly chosen: readonly { readonly exceptionId: number; readonly revision: number }[]
  readonly records: number
  /** At stake in all of them, by currency; records that wait behind several count with each. */
  readonly amounts: readonly { readonly currency: string; readonly amount: string }[]
  readonly entities: readonly string[]
  readonly heldRuns: readonly number[]
  /** Those nothing can be done with by this person, and why. */
  readonly refused: readonly { readonly why: string; readonly count: number }[]
}

const ROWS_SHOWN = 12

/** Of these, or of all that match the view. What its own form decides, such as who gets it, is judged when it is sent. */
export async function readActPreview(
  db: Queryable,
  { group, order = 'newest', page: _, ...filter }: ExceptionsRequest,
  given: readonly number[] | 'all',
  actor: Actor,
  now: Date,
): Promise<ActPreview> {
  const view: ExceptionsFilter = { ...filter, classes: EXCEPTION_GROUPS[group] }
  const ids = given === 'all' ? await listInOrder(db, view, order, now) : [...given]
  const within = ids.slice(0, EXCEPTIONS_AT_ONCE_MAX)
  const found = await listExceptions(db, {
    exceptionIds: within,
    state: 'all',
    scope: actor.entityScope,
    limit: EXCEPTIONS_AT_ONCE_MAX,
  })
  const rows = found
  const whole = new Map((await listRefusable(db, within)).map((row) => [row.exceptionId, row]))
  const refused = new Map<string, number>()
  for (const { exceptionId } of rows) {
    const [, why] = refusalOf(whole.get(exceptionId), { exceptionId }, actor, false)
    if (why) refused.set(why, (refused.get(why) ?? 0) + 1)
  }
  const currencies = [...new Set(rows.flatMap(({ amounts }) => amounts.map(({ currency }) => currency)))].filter(Boolean).sort()
  const amountIn = (currency: string) =>
    sumDecimals(
      rows.flatMap(({ amounts }) =>
        amounts.filter((part) => part.currency === currency).map(({ amount }) => amount.replace('-', '')),
      ),
    )
  return {
    rows: rows.slice(0, ROWS_SHOWN),
    chosen: rows.map(({ exceptionId, revision }) => ({ exceptionId, revision })),
    records: rows.reduce((sum, { occurrences }) => sum + occurrences, 0),
    amounts: currencies.map((currency) => ({ currency, amount: amountIn(currency) })),
    entities: [...new Set(rows.flatMap(({ entities }) => entities))].sort(),
    heldRuns: [...new Set(rows.flatMap(({ heldRuns }) => heldRuns))].sort((a, b) => a - b),
    refused: [...refused].map(([why, count]) => ({ why, count })),
  }
}

/** What came of an act of this person, under the key of its form. */
export type ActDone = {
  readonly done: number
  readonly refused: readonly { readonly why: string; readonly count: number }[]
  readonly correlationId: string
  /** Giving, moving and grading can be taken back; what a second person decides, and notes, cannot. */
  readonly canUndo: boolean
}

export async function readActDone(db: Queryable, idempotencyKey: string, actor: Actor): Promise<ActDone | null> {
  const found = await findResult(db, idempotencyKey, actor.name)
  const kept = found?.result
  if (!found || !isActed(kept)) return null
  const refused = new Map<string, number>()
  for (const { outcome, why } of kept.results) if (outcome !== 'done') refused.set(why, (refused.get(why) ?? 0) + 1)
  return {
    done: kept.results.filter(({ outcome }) => outcome === 'done').length,
    refused: [...refused].map(([why, count]) => ({ why, count })),
    correlationId: kept.correlationId,
    canUndo: UNDOABLE.includes(found.command),
  }
}

const UNDOABLE = ['assignException', 'moveException', 'gradeException']

const isActed = (result: unknown): result is Acted =>
  typeof result === 'object' &&
  result !== null &&
  'results' in result &&
  Array.isArray(result.results) &&
  'correlationId' in result

export type { ActResult }
