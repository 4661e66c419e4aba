import { sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { LINE_IDS_PER_LOAD } from './line-ids.ts'
import { insertLines, rollTotalsForward } from './publish.ts'
import type { LoadScope } from './settle-lines.ts'
import { isSamePage, withdrawStatements } from './statements.ts'

/**
 * Withdraws a publication: the lines it brought end, those it closed come back as new rows with their old content.
 * The caller has checked that nothing later touched them, and has opened `publication`.
 */
export async function withdrawPublication(
  tx: Transaction,
  load: LoadScope & { firstLineId: number },
  withdrawn: WithdrawnLoad,
  publication: number,
): Promise<void> {
  await tx.execute(sql`
    update lines set superseded_at_pub = ${publication}
    where line_id >= ${withdrawn.firstLineId} and line_id < ${withdrawn.firstLineId + LINE_IDS_PER_LOAD} and superseded_at_pub is null`)
  const restored = sql`(select ${load.firstLineId}::bigint + row_number() over (order by l.line_id) as line_id, l.artifact_id, l.position, l.content_hash,
    l.source_key, l.entity, l.period, l.version, l.currency, l.debit, l.credit, l.account, l.cost_centre, l.project, l.counterparty, l.accounting_status,
    l.document, l.description, l.effective_on, l.posted_on from lines l where l.superseded_at_pub = ${withdrawn.publication})`
  await insertLines(tx, restored, load, publication)
  await rollTotalsForward(
    tx,
    load.systemId,
    load.objectType,
    publication,
    sql`
    select entity, period, version, currency, count(*) as count, sum(debit) as debit, sum(credit) as credit from ${restored} back group by 1, 2, 3, 4`,
  )
  await tx.execute(
    sql`update members set superseded_at_pub = ${publication} where load_id = ${withdrawn.loadId} and superseded_at_pub is null`,
  )
  await tx.execute(sql`
    insert into members (load_id, artifact_id, position, system_id, dimension, entity, code, name, valid_from, valid_to, is_active, currency, attributes, source_key, content_hash, loaded_at_pub)
    select ${load.loadId}, artifact_id, position, system_id, dimension, entity, code, name, valid_from, valid_to, is_active, currency, attributes, source_key, content_hash, ${publication}
    from members where superseded_at_pub = ${withdrawn.publication}`)
  await withdrawStatements(tx, load, withdrawn, publication)
}

export type WithdrawnLoad = { readonly publication: number; readonly loadId: number; readonly firstLineId: number }

/** What withdrawing would touch, and whether something later stands on it. */
export async function previewWithdrawal(db: Queryable, withdrawn: WithdrawnLoad): Promise<WithdrawalPreview> {
  const brought = sql`line_id >= ${withdrawn.firstLineId} and line_id < ${withdrawn.firstLineId + LINE_IDS_PER_LOAD}`
  const [later] = await db.execute<{ publication: number | null }>(sql`
    select min(p) as publication from (
      select min(superseded_at_pub) as p from lines where ${brought} and superseded_at_pub is not null
      union all select min(l.loaded_at_pub) from lines c join lines l on l.source_key = c.source_key and l.system_id = c.system_id and l.object_type = c.object_type
        where c.superseded_at_pub = ${withdrawn.publication} and l.loaded_at_pub > ${withdrawn.publication}
      union all select min(superseded_at_pub) from members where load_id = ${withdrawn.loadId} and superseded_at_pub is not null
      union all select min(m.loaded_at_pub) from members c join members m on m.system_id = c.system_id and m.dimension = c.dimension and m.source_key = c.source_key
        where c.superseded_at_pub = ${withdrawn.publication} and m.loaded_at_pub > ${withdrawn.publication}
      union all select min(superseded_at_pub) from bank_statements where loaded_at_pub = ${withdrawn.publication} and superseded_at_pub is not null
      union all select min(s.loaded_at_pub) from bank_statements old join bank_statements s on ${isSamePage}
        where old.superseded_at_pub = ${withdrawn.publication} and s.loaded_at_pub > ${withdrawn.publication}) touched`)
  const slices = await db.execute<WithdrawalSlice>(sql`
    select entity, period, version, currency, sum(ended)::int as ended, sum(restored)::int as restored,
      sum(debit)::text as debit, sum(credit)::text as credit from (
        select entity, period, version, currency, 1 as ended, 0 as restored, -debit as debit, -credit as credit from lines where ${brought} and superseded_at_pub is null
        union all select entity, period, version, currency, 0, 1, debit, credit from lines where superseded_at_pub = ${withdrawn.publication}) moved
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`)
  const [members] = await db.execute<{ ended: number; restored: number; entities: string[] }>(sql`
    select coalesce(sum(ended), 0)::int as ended, coalesce(sum(restored), 0)::int as restored, coalesce(array_agg(distinct entity), '{}') as entities from (
      select entity, 1 as ended, 0 as restored from members where load_id = ${withdrawn.loadId} and superseded_at_pub is null
      union all select entity, 0, 1 from members where superseded_at_pub = ${withdrawn.publication}) moved`)
  return {
    laterPublication: later!.publication,
    slices,
    members: members!.ended,
    membersRestored: members!.restored,
    memberEntities: members!.entities,
  }
}

/** debit and credit: by how much the slice's totals would move, in units of the currency. */
export type WithdrawalSlice = {
  entity: string
  period: string
  version: string
  currency: string
  ended: number
  restored: number
  debit: string
  credit: string
}
export type WithdrawalPreview = {
  readonly laterPublication: number | null
  readonly slices: readonly WithdrawalSlice[]
  /** How many would end, and how many come back. */
  readonly members: number
  readonly membersRestored: number
  /** Whose members would end or come back; '' stands for all entities. */
  readonly memberEntities: readonly string[]
}
