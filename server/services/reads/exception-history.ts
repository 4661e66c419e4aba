import { z } from 'zod'
import type { Queryable } from '#db/client.ts'
import { listExceptionEvents, type ExceptionEvent, type ExceptionEventKind } from '#db/queries/exception-history.ts'
import type { Actor } from '#server/domain/actor.ts'
import { SEVERITIES } from '#server/domain/severity.ts'
import { ENDINGS, TEAMS, TRIAGE_STATES } from '#server/domain/triage.ts'

const EVENTS_MAX = 300

/** What an act changed; a field that is absent stayed. */
const Standing = z.object({
  state: z.enum(TRIAGE_STATES).optional(),
  assignee: z.string().nullable().optional(),
  team: z.enum(TEAMS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  dueAt: z.string().optional(),
  waivedUntil: z.string().nullable().optional(),
})
/** What was asked for, where it is no change of the exception itself. */
const Facts = z.object({
  ending: z.enum(ENDINGS).optional(),
  until: z.string().nullable().optional(),
  text: z.string().optional(),
})
export type Standing = z.infer<typeof Standing>
export type HistoryRow = Omit<ExceptionEvent, 'before' | 'after'> & {
  /** The same fields on both sides: those that changed. */
  readonly before: Standing
  readonly after: Standing
  readonly facts: z.infer<typeof Facts>
}
export type ExceptionHistory = { readonly rows: readonly HistoryRow[]; readonly isCut: boolean }

export type HistoryRequest = {
  readonly exceptionId: number
  readonly kind: ExceptionEventKind | undefined
  readonly actor: Actor
  /** Leaves out what people wrote: for who does not see all it concerns. */
  readonly isPartly: boolean
}

/** One timeline of everything that happened to an exception, newest first: runs, acts with what they changed, endings, notes, replays. */
export async function readExceptionHistory(
  db: Queryable,
  { exceptionId, kind, actor, isPartly }: HistoryRequest,
): Promise<ExceptionHistory> {
  const viewer = { name: actor.name, scope: actor.entityScope }
  const found = await listExceptionEvents(db, exceptionId, { kind, viewer, limit: EVENTS_MAX + 1 })
  const rows = found.slice(0, EVENTS_MAX).map(({ before, after, ...event }): HistoryRow => {
    const facts = read(Facts, after)
    return {
      ...event,
      reason: isPartly ? null : event.reason,
      before: read(Standing, before),
      after: read(Standing, changed(before, after)),
      facts: isPartly ? { ...facts, text: undefined } : facts,
    }
  })
  return { rows, isCut: found.length > EVENTS_MAX }
}

/** An event of another shape, from an earlier version, tells who and when all the same. */
function read<T extends object>(schema: z.ZodType<T>, value: unknown): Partial<T> {
  const parsed = schema.safeParse(value ?? {})
  return parsed.success ? parsed.data : {}
}

/** `after` carries what was asked for as well, changed or not. */
const changed = (before: unknown, after: unknown): object =>
  isRecord(before) && isRecord(after) ? Object.fromEntries(Object.keys(before).map((field) => [field, after[field]])) : {}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
