import { sql } from 'drizzle-orm'
import type { StatementFinding } from '#server/domain/bank-exceptions.ts'
import type { Queryable, Transaction } from '../client.ts'
import { textArray } from '../text-array.ts'
import type { ClosedException } from './exceptions.ts'

/** Accounts whose statements a publication moved. */
export async function listMovedAccounts(db: Queryable, publication: number): Promise<string[]> {
  const rows = await db.execute<{ account: string }>(
    sql`select distinct account from bank_statements where loaded_at_pub = ${publication} or superseded_at_pub = ${publication}`,
  )
  return rows.map(({ account }) => account)
}

/**
 * What the statements of an account show beside each other, in whatever order they came: numbers and pages that are missing, a number twice,
 * an opening that is not the closing before. Numbers may begin anew with a year. Of a gap the amount that moved in it is told, and no second
 * finding is made of it.
 */
export async function findInChain(
  db: Queryable,
  systemId: number,
  accounts: readonly string[],
  limit: number,
): Promise<StatementFinding[]> {
  const rows = await db.execute<StatementFinding>(sql`
    with chain as (
      select account, currency, statement, sequence, page, is_last_page, opening, closed_on, lag(statement) over w as before,
        lag(sequence) over w as sequence_before, lag(page) over w as page_before, lag(is_last_page) over w as last_before,
        lag(closing) over w as closing_before, lag(closed_on) over w as closed_before
      from bank_statements
      where system_id = ${systemId} and array[account] <@ ${textArray(accounts)} and loaded_at_pub is not null and superseded_at_pub is null
        and (closing is not null or sequence is not null)
      window w as (partition by account, currency order by coalesce(closed_on, opened_on), sequence, page, statement_id)),
    told as (
      select *, last_before and page = 1 or not last_before and page = page_before + 1 and sequence is not distinct from sequence_before as pages_fit,
        sequence <= sequence_before and page = 1 and extract(year from closed_on) > extract(year from closed_before) as begins_anew
      from chain where before is not null),
    named as (
      select *, case
        when not pages_fit then 'page_missing'
        when page = 1 and sequence = sequence_before then 'number_twice'
        when page = 1 and begins_anew and sequence > 1 then 'missing'
        when page = 1 and not coalesce(begins_anew, false) and sequence <> sequence_before + 1 then 'missing'
        when opening <> closing_before then 'opening_differs' end as kind from told)
    select kind, account, currency, before, statement, sequence_before::text as "sequenceBefore", sequence::text as sequence, page,
      closing_before::text as "closingBefore", opening::text as opening, (opening - closing_before)::text as difference
    from named where kind is not null order by account, closed_on, sequence, page limit ${limit}`)
  return [...rows]
}

export type RepeatedReference = { account: string; reference: string; entries: string[] }

/** References by which a bank knows more than one entry of an account: of those a load brought, and of those an exception is open about. */
export async function findRepeatedReferences(
  db: Queryable,
  { loadId, systemId }: { loadId: number; systemId: number },
  accounts: readonly string[],
  limit: number,
): Promise<RepeatedReference[]> {
  const rows = await db.execute<RepeatedReference>(sql`
    with asked as (
      select account, reference from bank_references where load_id = ${loadId}
      union select subject->>'account', subject->>'reference' from exceptions
        where code = 'bank_reference_twice' and closed_at is null and array[subject->>'account'] <@ ${textArray(accounts)})
    select r.account, r.reference, (array_agg(distinct s.statement || ', entry ' || split_part(r.entry, ' ', -1)))[1:10] as entries
    from asked a join bank_references r on r.system_id = ${systemId} and r.account = a.account and r.reference = a.reference
    join bank_statements s on s.load_id = r.load_id and s.artifact_id = r.artifact_id and r.position between s.first_position and s.last_position
      and s.loaded_at_pub is not null and s.superseded_at_pub is null
    group by 1, 2 having count(distinct (s.statement, s.page, r.entry)) > 1 order by 1, 2 limit ${limit}`)
  return [...rows]
}

const IN_CHAIN = ['statement_missing', 'statement_number_twice', 'statement_opening_differs', 'bank_reference_twice']

/** What these accounts no longer show. */
export async function closeSettledStatements(
  tx: Transaction,
  { bank, accounts, runId, standing }: { bank: string; accounts: readonly string[]; runId: number; standing: readonly string[] },
): Promise<ClosedException[]> {
  return tx.execute<ClosedException>(sql`
    update exceptions set closed_at = now(), closed_by_run_id = ${runId}
    where code in ${IN_CHAIN} and closed_at is null and subject->>'bank' = ${bank} and array[subject->>'account'] <@ ${textArray(accounts)}
      and not array[fingerprint] <@ ${textArray(standing)}
    returning exception_id, code, title`)
}
