import { sql, type SQL } from 'drizzle-orm'
import type { BankStatement } from '#server/domain/record.ts'
import type { Queryable, Transaction } from '../client.ts'
import type { LoadScope } from './settle-lines.ts'

type OfLoad = Pick<LoadScope, 'loadId' | 'runId' | 'systemId'>
export type ReferenceRow = { artifact_id: number; position: number; account: string; reference: string; entry: string }

/** Statements of a load, not yet current. */
export async function insertStatements(
  db: Queryable,
  { loadId, runId, systemId }: OfLoad,
  artifactId: number,
  statements: readonly BankStatement[],
): Promise<void> {
  const rows = statements.map((s) => ({
    ...s,
    openedOn: s.openedOn || null,
    closedOn: s.closedOn || null,
  }))
  await db.execute(sql`
    insert into bank_statements (run_id, load_id, artifact_id, system_id, account, currency, statement, sequence, page, is_last_page, opened_on, opening,
      closed_on, closing, copy, standing, first_position, last_position, records, not_booked, not_booked_net, content_hash)
    select ${runId}, ${loadId}, ${artifactId}, ${systemId}, r.account, r.currency, r.statement, r.sequence, r.page, r."isLastPage", r."openedOn", r.opening,
      r."closedOn", r.closing, r.copy, r.standing, r."firstPosition", r."lastPosition", r.records, r."notBooked", r."notBookedNet", r."contentHash"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (account text, currency text, statement text, sequence bigint, page int, "isLastPage" boolean,
      "openedOn" date, opening numeric, "closedOn" date, closing numeric, copy text, standing text, "firstPosition" int, "lastPosition" int, records int,
      "notBooked" int, "notBookedNet" numeric, "contentHash" uuid)`)
}

export async function insertReferences(
  db: Queryable,
  { loadId, systemId }: OfLoad,
  rows: readonly ReferenceRow[],
): Promise<void> {
  await db.execute(sql`
    insert into bank_references (load_id, system_id, account, reference, artifact_id, position, entry)
    select ${loadId}, ${systemId}, r.account, r.reference, r.artifact_id, r.position, r.entry
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (artifact_id int, position int, account text, reference text, entry text)`)
}

export type SettledStatements = {
  readonly count: number
  readonly fresh: number
  readonly replacing: number
  readonly altered: readonly AlteredStatement[]
}
export type AlteredStatement = { account: string; statement: string; page: number; before: string; now: string }

const isCurrent = sql`loaded_at_pub is not null and superseded_at_pub is null`
/** Of pages `s` and `old`. */
export const isSamePage = sql`old.system_id = s.system_id and old.account = s.account and old.statement = s.statement and old.page = s.page`

/** Of a settled statement: it takes the place of what there is of it. Also where none is current: entries of it may stand. */
const replaces = (s: SQL): SQL => sql`${s}.standing <> 'original' and ${s}.outcome in ('new', 'corrected', 'deleted')`

/** What each statement of a load is beside those that stand, and those before it in the load. Asked again before they are published. */
export async function settleStatements(db: Queryable, { loadId }: OfLoad): Promise<SettledStatements> {
  const rows = await db.execute<AlteredStatement & { outcome: string; replaces: boolean }>(sql`
    with judged as (
      select s.statement_id, old.statement_id as before_id, case
        when s.standing = 'deletion' then 'deleted'
        when old.statement_id is null then 'new'
        when old.content_hash = s.content_hash then 'repeated'
        when s.standing = 'correction' and old.load_id <> s.load_id then 'corrected'
        else 'altered' end as outcome
      from bank_statements s left join lateral (
        select statement_id, content_hash, load_id from bank_statements old
        where ${isSamePage} and (old.load_id = s.load_id and old.statement_id < s.statement_id or old.load_id <> s.load_id and ${isCurrent})
        order by old.load_id = s.load_id desc, old.statement_id limit 1) old on true
      where s.load_id = ${loadId} and s.loaded_at_pub is null),
    told as (update bank_statements s set outcome = j.outcome from judged j where s.statement_id = j.statement_id returning s.*, j.before_id)
    select t.outcome, ${replaces(sql`t`)} as replaces, t.account, t.statement, t.page, ${saying(sql`b`)} as before, ${saying(sql`t`)} as now
    from told t left join bank_statements b on b.statement_id = t.before_id order by t.statement_id`)
  const count = (...outcomes: string[]) => rows.filter(({ outcome }) => outcomes.includes(outcome)).length
  return {
    count: rows.length,
    fresh: count('new', 'corrected', 'deleted'),
    replacing: rows.filter((row) => row.replaces).length,
    altered: rows.filter(({ outcome }) => outcome === 'altered').map(({ outcome: _, replaces: __, ...altered }) => altered),
  }
}

const saying = (of: ReturnType<typeof sql>) =>
  sql`concat(${of}.records, ' entries, closing ', coalesce(${of}.closing::text, 'not stated'))`

/** The statements of a load become current with its publication; those they replace end. */
export async function publishStatements(tx: Transaction, { loadId }: OfLoad, publication: number): Promise<void> {
  await tx.execute(sql`
    update bank_statements old set superseded_at_pub = ${publication} from bank_statements s
    where s.load_id = ${loadId} and s.outcome in ('corrected', 'deleted') and ${isSamePage} and old.loaded_at_pub is not null and old.superseded_at_pub is null`)
  await tx.execute(sql`
    update bank_statements set loaded_at_pub = ${publication} where load_id = ${loadId} and outcome in ('new', 'corrected')`)
  await keepReferences(tx, loadId)
}

/** Of statements that are not current nothing is looked up. */
export async function keepReferences(db: Queryable, loadId: number): Promise<void> {
  await db.execute(sql`
    delete from bank_references r where r.load_id = ${loadId} and not exists (
      select from bank_statements s where s.load_id = r.load_id and s.artifact_id = r.artifact_id and r.position between s.first_position and s.last_position
        and s.loaded_at_pub is not null)`)
}

/** A rolled-back publication: its statements end, those it replaced come back. */
export async function withdrawStatements(
  tx: Transaction,
  load: OfLoad,
  withdrawn: { readonly publication: number },
  publication: number,
): Promise<void> {
  await tx.execute(sql`
    update bank_statements set superseded_at_pub = ${publication} where loaded_at_pub = ${withdrawn.publication} and superseded_at_pub is null`)
  await tx.execute(sql`
    insert into bank_statements (run_id, load_id, artifact_id, system_id, account, currency, statement, sequence, page, is_last_page, opened_on, opening,
      closed_on, closing, copy, standing, first_position, last_position, records, not_booked, not_booked_net, content_hash, outcome, loaded_at_pub)
    select ${load.runId}, ${load.loadId}, artifact_id, system_id, account, currency, statement, sequence, page, is_last_page, opened_on, opening,
      closed_on, closing, copy, standing, first_position, last_position, records, not_booked, not_booked_net, content_hash, 'new', ${publication}
    from bank_statements where superseded_at_pub = ${withdrawn.publication}`)
}

/**
 * Where entries of the statements stand that the load replaces: artifact and positions, in every file that brought one, whatever became
 * of it. Replays say nothing of statements, or only repeat them, and yet their lines stand at these places.
 */
export const replacedPlaces = (loadId: number): SQL => sql`
  select distinct old.artifact_id, old.first_position, old.last_position from bank_statements s
  join bank_statements old on ${isSamePage} and old.load_id <> s.load_id where s.load_id = ${loadId} and ${replaces(sql`s`)}`
