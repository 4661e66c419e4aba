import { sql } from 'drizzle-orm'
import type { Role } from '#server/domain/actor.ts'
import type { FailureClass } from '#server/domain/errors.ts'
import type { RoutingRule } from '#server/domain/routing.ts'
import type { Severity } from '#server/domain/severity.ts'
import type { Ending, Team, TriageState } from '#server/domain/triage.ts'
import type { Queryable, Transaction } from '../client.ts'
import { intArray } from '../int-array.ts'
import { iso } from '../iso.ts'
import { holdings } from './held.ts'

/** What routing looks at. amounts: at stake by currency, absolute, decimal strings. */
export type RoutableRow = {
  exceptionId: number
  failureClass: FailureClass
  code: string
  job: string
  entities: string[]
  amounts: Record<string, string>
  openedAt: string
  /** Of its first entity; null where it concerns the job as a whole or goes by calendar months. */
  calendar: string | null
  holdsLoad: boolean
  /** Who had the same cause when it was there before, and may still sign in. */
  earlierAssignee: string | null
}

/** Those of these exceptions that nobody has touched yet, or all. `heldRunId`: a run that is about to end held. */
export async function listRoutable(
  tx: Transaction,
  exceptionIds: readonly number[],
  heldRunId: number | null,
  evenTouched = false,
): Promise<RoutableRow[]> {
  if (exceptionIds.length === 0) return []
  const rows = await tx.execute<RoutableRow>(sql`
    with amount as (
      select exception_id, w.currency, greatest(sum(w.debit), sum(w.credit)) as amount
      from waiting_records w cross join unnest(w.exception_ids) exception_id where exception_id in ${exceptionIds} and w.exception_ids && ${intArray(exceptionIds)} group by 1, 2
      union all
      select c.exception_id, coalesce(c.currency, ''), max(abs(c.claimed - c.found)) from claims c join exceptions e on e.exception_id = c.exception_id and c.run_id = e.last_run_id
      where c.exception_id in ${exceptionIds} group by 1, 2),
    stake as materialized (select exception_id, jsonb_object_agg(currency, amount::text) as amounts from amount group by 1)
    select e.exception_id as "exceptionId", e.failure_class as "failureClass", e.code, j.name as job, e.entities, ${iso(sql`e.opened_at`)} as "openedAt",
      coalesce(s.amounts, '{}') as amounts,
      (select m.attributes->>'calendar' from members m where m.dimension = 'entity' and m.code = e.entities[1] and m.loaded_at_pub is not null and m.superseded_at_pub is null
        order by m.member_id desc limit 1) as calendar,
      coalesce(e.last_run_id = ${heldRunId}::int, false) or exists (
        select from ${holdings} h where h.exception_id = e.exception_id) as "holdsLoad",
      (select p.sign_in from exceptions b join people p on p.sign_in = b.assignee and p.disabled_at is null where b.exception_id = e.previous_exception_id) as "earlierAssignee"
    from exceptions e join jobs j on j.job_id = e.job_id left join stake s on s.exception_id = e.exception_id
    where e.exception_id in ${exceptionIds} and e.closed_at is null and (${evenTouched} or e.revision = 0)`)
  return [...rows]
}

export type Route = {
  readonly exceptionId: number
  readonly team: Team
  readonly assignee: string | null
  readonly state: TriageState
  readonly severity: Severity
  readonly calendar: string
  readonly openedOn: string
  readonly dueAt: string
  readonly routedBy: string
}

export async function saveRoutes(tx: Transaction, routes: readonly Route[]): Promise<void> {
  if (routes.length === 0) return
  await tx.execute(sql`
    update exceptions e set team = n.team, assignee = n.assignee, state = n.state, severity = n.severity, calendar = n.calendar, opened_on = n."openedOn", due_at = n."dueAt",
      routed_by = n."routedBy"
    from jsonb_to_recordset(${JSON.stringify(routes)}::jsonb) as n ("exceptionId" int, team text, assignee text, state text, severity text, calendar text, "openedOn" date, "dueAt" timestamptz, "routedBy" text)
    where e.exception_id = n."exceptionId"`)
}

export async function readRoutingRules(db: Queryable): Promise<readonly RoutingRule[]> {
  return (await readRouting(db))?.rules ?? []
}

export type RoutingRow = { version: number; rules: readonly RoutingRule[]; createdBy: string; createdAt: string }

/** The version that holds; null where none was imported and the class decides. */
export async function readRouting(db: Queryable): Promise<RoutingRow | null> {
  const [row] = await db.execute<RoutingRow>(sql`
    select version, rules, created_by as "createdBy", ${iso(sql`created_at`)} as "createdAt" from routings order by version desc limit 1`)
  return row ?? null
}

export async function insertRouting(tx: Transaction, version: number, rules: readonly RoutingRule[], by: string): Promise<void> {
  await tx.execute(
    sql`insert into routings (version, rules, created_by) values (${version}, ${JSON.stringify(rules)}::jsonb, ${by})`,
  )
}

/** An exception as somebody is about to act on it, locked until the transaction ends. */
export type TriageRow = {
  exceptionId: number
  failureClass: FailureClass
  entities: string[]
  state: TriageState
  assignee: string | null
  team: Team
  severity: Severity
  calendar: string
  openedOn: string
  dueAt: string
  waivedUntil: string | null
  revision: number
  isClosed: boolean
  /** Who asked for the runs that opened and last saw it. */
  runsAskedBy: string[]
  openEnding: { endingId: number; ending: Ending; until: string | null; proposedBy: string } | null
}

/** What decides whether anything can be done with it. */
export type Refusable = Pick<TriageRow, 'exceptionId' | 'failureClass' | 'entities' | 'revision' | 'isClosed'>

export async function listRefusable(db: Queryable, exceptionIds: readonly number[]): Promise<Refusable[]> {
  const rows = await db.execute<Refusable>(sql`
    select exception_id as "exceptionId", failure_class as "failureClass", entities, revision, closed_at is not null as "isClosed"
    from exceptions where exception_id = any(${intArray(exceptionIds)})`)
  return [...rows]
}

export const lockExceptions = (tx: Transaction, exceptionIds: readonly number[]): Promise<TriageRow[]> =>
  listTriage(tx, exceptionIds, sql`for update of e`)

/** The same to look at: by the time somebody acts it may have moved. */
export async function listTriage(db: Queryable, exceptionIds: readonly number[], locked = sql``): Promise<TriageRow[]> {
  if (exceptionIds.length === 0) return []
  const rows = await db.execute<TriageRow>(sql`
    select e.exception_id as "exceptionId", e.failure_class as "failureClass", e.entities, e.state, e.assignee, e.team, e.severity, e.calendar, e.opened_on::text as "openedOn",
      ${iso(sql`e.due_at`)} as "dueAt", e.waived_until::text as "waivedUntil", e.revision, e.closed_at is not null as "isClosed",
      coalesce((select array_agg(distinct r.requested_by) from runs r where r.run_id in (e.opened_run_id, e.last_run_id)), '{}') as "runsAskedBy",
      (select jsonb_build_object('endingId', d.ending_id, 'ending', d.ending, 'until', d.until, 'proposedBy', d.proposed_by) from exception_endings d
        where d.exception_id = e.exception_id and d.decision is null) as "openEnding"
    from exceptions e where e.exception_id = any(${intArray(exceptionIds)}) order by e.exception_id ${locked}`)
  return [...rows]
}

export type TriageChange = Partial<Pick<TriageRow, 'state' | 'assignee' | 'team' | 'severity' | 'dueAt' | 'waivedUntil'>>

/** Each change counts the exception's revision up by one. */
export async function saveTriage(
  tx: Transaction,
  rows: readonly (Pick<TriageRow, 'exceptionId'> & Required<TriageChange>)[],
): Promise<void> {
  if (rows.length === 0) return
  await tx.execute(sql`
    update exceptions e set state = n.state, assignee = n.assignee, team = n.team, severity = n.severity, due_at = n."dueAt", waived_until = n."waivedUntil", revision = e.revision + 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as n ("exceptionId" int, state text, assignee text, team text, severity text, "dueAt" timestamptz, "waivedUntil" date)
    where e.exception_id = n."exceptionId"`)
}

export async function insertEndings(
  tx: Transaction,
  exceptionIds: readonly number[],
  { ending, reason, until, by }: { ending: Ending; reason: string; until: string | null; by: string },
): Promise<void> {
  if (exceptionIds.length === 0) return
  await tx.execute(sql`
    insert into exception_endings (exception_id, ending, reason, until, proposed_by)
    select id::int, ${ending}, ${reason}, ${until}::date, ${by} from jsonb_array_elements_text(${JSON.stringify(exceptionIds)}::jsonb) id`)
}

export async function decideEndings(
  tx: Transaction,
  endingIds: readonly number[],
  { decision, by, reason }: { decision: 'approved' | 'declined' | 'withdrawn'; by: string; reason: string | null },
): Promise<void> {
  if (endingIds.length === 0) return
  // Decided now, not when the transaction began: it may have waited for the exceptions.
  await tx.execute(sql`
    update exception_endings set decision = ${decision}, decided_by = ${by}, decided_at = clock_timestamp(), decision_reason = ${reason},
      covers = (select coalesce(sum(w.records), 0) from waiting_records w where w.exception_ids @> array[exception_id])
    where ending_id in ${endingIds} and decision is null`)
}

export type EndingRow = {
  endingId: number
  ending: Ending
  reason: string
  until: string | null
  proposedBy: string
  proposedAt: string
  decidedBy: string | null
  decidedAt: string | null
  decision: 'approved' | 'declined' | 'withdrawn' | null
  decisionReason: string | null
}

/** Newest first. */
export async function listEndings(db: Queryable, exceptionId: number): Promise<EndingRow[]> {
  const rows = await db.execute<EndingRow>(sql`
    select ending_id as "endingId", ending, reason, until::text as until, proposed_by as "proposedBy", ${iso(sql`proposed_at`)} as "proposedAt", decided_by as "decidedBy",
      ${iso(sql`decided_at`)} as "decidedAt", decision, decision_reason as "decisionReason"
    from exception_endings where exception_id = ${exceptionId} order by ending_id desc`)
  return [...rows]
}

export type NoteRow = { noteId: number; author: string; at: string; text: string; mentions: string[] }

export async function insertNotes(
  tx: Transaction,
  exceptionIds: readonly number[],
  { author, text, mentions }: Pick<NoteRow, 'author' | 'text' | 'mentions'>,
): Promise<void> {
  if (exceptionIds.length === 0) return
  await tx.execute(sql`
    insert into exception_notes (exception_id, author, text, mentions)
    select id::int, ${author}, ${text}, (select coalesce(array_agg(m), '{}') from jsonb_array_elements_text(${JSON.stringify(mentions)}::jsonb) m)
    from jsonb_array_elements_text(${JSON.stringify(exceptionIds)}::jsonb) id`)
}

/** Of these notes those that stand: exception and text. */
export async function listNotesBy(db: Queryable, author: string, exceptionIds: readonly number[]): Promise<NotedRow[]> {
  const rows = await db.execute<NotedRow>(sql`
    select exception_id as "exceptionId", text from exception_notes where author = ${author} and exception_id = any(${intArray(exceptionIds)})`)
  return [...rows]
}
export type NotedRow = { exceptionId: number; text: string }

/** Oldest first. */
export async function listNotes(db: Queryable, exceptionId: number): Promise<NoteRow[]> {
  const rows = await db.execute<NoteRow>(sql`
    select note_id as "noteId", author, ${iso(sql`at`)} as at, text, mentions from exception_notes where exception_id = ${exceptionId} order by note_id`)
  return [...rows]
}

/**
 * Ended exceptions that are to be taken up again: waivers whose last day has passed on the calendar of the exception; those behind which
 * more records wait than were agreed to; and, where no record waits, those that were seen again since.
 */
export async function listToRevive(db: Queryable, now: Date, most: number): Promise<number[]> {
  const rows = await db.execute<{ id: number }>(sql`
    select e.exception_id as id from exceptions e left join calendars c on c.code = e.calendar
      join lateral (select d.covers, d.decided_at from exception_endings d where d.exception_id = e.exception_id and d.decision = 'approved' order by d.ending_id desc limit 1) d on true
    where e.closed_at is null and e.state in ('waived', 'rejected', 'done_outside') and (
      e.waived_until < (${now.toISOString()}::timestamptz at time zone coalesce(c.definition->>'timeZone', 'UTC'))::date
      or (select coalesce(sum(w.records), 0) from waiting_records w where w.exception_ids @> array[e.exception_id]) > d.covers
      or e.state <> 'waived' and d.covers = 0 and e.last_seen_at > d.decided_at) order by 1 limit ${most}`)
  return rows.map(({ id }) => id)
}

/** People who may be given an exception of these classes and entities: sign-in and name. */
export type AssignableRow = { signIn: string; name: string; role: Role; entityScope: string[] }

export async function listAssignable(db: Queryable): Promise<AssignableRow[]> {
  const rows = await db.execute<AssignableRow>(sql`
    select sign_in as "signIn", name, role, entity_scope as "entityScope" from people where disabled_at is null and role <> 'auditor' order by name`)
  return [...rows]
}
