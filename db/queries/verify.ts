import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '../client.ts'
import { waitingOf } from '../load/waiting.ts'
import { readArtifact } from './artifacts.ts'

type Check = { name: string; rowsChecked: number; differences: string[] }
const AT_MOST = 100

/** extracted + corrected = new + changed + unchanged + duplicate + rejected, for every run that was judged, in records and in money. */
export async function checkConservation(db: Database): Promise<Check> {
  const rows = await db.execute<{ text: string }>(sql`
    select 'run ' || run_id || ' ' || concat_ws(' ', object_type, entity, period, version, currency) || ': extracted and corrected minus accounted for is ' ||
      sum(sign * count) || ' records, debit ' || sum(sign * debit) || ', credit ' || sum(sign * credit) as text
    from (select *, case when checkpoint in ('extracted', 'corrected') then 1 else -1 end as sign from control_totals where checkpoint in ('extracted', 'corrected', 'new', 'changed', 'unchanged', 'duplicate', 'rejected')) t
    where run_id in (select run_id from runs where status in ('succeeded', 'held', 'rehearsed'))
    group by run_id, object_type, entity, period, version, currency
    having sum(sign * count) <> 0 or sum(sign * debit) <> 0 or sum(sign * credit) <> 0 limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(sql`select count(*) as n from control_totals`)
  return { name: 'conservation', rowsChecked: Number(n!.n), differences: rows.map((row) => row.text) }
}

/** The totals of every published run, recomputed from lines, repeats and rejected records. */
export async function checkRunRows(db: Database): Promise<Check> {
  const slice = sql`object_type, entity, period, version, currency`
  const rows = await db.execute<{ text: string }>(sql`
    with published as (select p.run_id, p.publication, l.load_id, l.first_line_id from publications p join loads l on l.load_id = p.load_id where p.withdraws is null),
    ended as (select run_id from runs where status in ('succeeded', 'held') and trigger <> 'rollback'),
    found as (
      select p.run_id, 'added' as outcome, ${slice}, count(*) as count, sum(debit) as debit, sum(credit) as credit
        from published p join lines l on l.loaded_at_pub = p.publication group by 1, ${slice}
      union all select p.run_id, 'added', m.dimension, m.entity, '', '', '', count(*), 0, 0 from published p join members m on m.load_id = p.load_id group by 1, m.dimension, m.entity
      union all select l.run_id, r.outcome, ${slice}, count(*), sum(r.debit), sum(r.credit) from all_repeats r join loads l on l.load_id = r.load_id where l.run_id in (select run_id from ended) group by 1, 2, ${slice}
      union all select run_id, 'rejected', ${slice}, count(*), sum(debit), sum(credit) from rejected_records where run_id in (select run_id from ended) group by 1, ${slice}),
    stated as (
      select run_id, case when checkpoint in ('new', 'changed') then 'added' else checkpoint end as outcome, ${slice}, sum(count) as count, sum(debit) as debit, sum(credit) as credit
      from control_totals c where run_id in (select run_id from ended) and checkpoint in ('new', 'changed', 'unchanged', 'duplicate', 'rejected')
        and (checkpoint not in ('new', 'changed') or run_id in (select run_id from published)) group by 1, 2, ${slice})
    select 'run ' || run_id || ' ' || outcome || ' ' || concat_ws(' ', ${slice}) || ': stated ' || coalesce(s.count, 0) || ' records, debit ' || coalesce(s.debit, 0) || ', credit ' || coalesce(s.credit, 0)
      || '; the rows have ' || coalesce(f.count, 0) || ', ' || coalesce(f.debit, 0) || ', ' || coalesce(f.credit, 0) as text
    from stated s full join found f using (run_id, outcome, ${slice})
    where coalesce(s.count, 0) <> coalesce(f.count, 0) or coalesce(s.debit, 0) <> coalesce(f.debit, 0) or coalesce(s.credit, 0) <> coalesce(f.credit, 0) limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(
    sql`select (select count(*) from lines) + (select count(*) from all_repeats) + (select count(*) from rejected_records) + (select count(*) from members) as n`,
  )
  return { name: 'run totals', rowsChecked: Number(n!.n), differences: rows.map((row) => row.text) }
}

/** The rollup behind the totals screen, as of every publication, recomputed from the lines. */
export async function checkLineTotals(db: Database): Promise<Check> {
  const slice = sql`system_id, object_type, entity, period, version, currency`
  const rows = await db.execute<{ text: string }>(sql`
    with moved as (
      select ${slice}, loaded_at_pub as at, count(*) as count, sum(debit) as debit, sum(credit) as credit from lines group by ${slice}, loaded_at_pub
      union all select ${slice}, superseded_at_pub, -count(*), -sum(debit), -sum(credit) from lines where superseded_at_pub is not null group by ${slice}, superseded_at_pub),
    steps as (select ${slice}, at, sum(count) as count, sum(debit) as debit, sum(credit) as credit from moved group by ${slice}, at),
    standing as (
      select ${slice}, at, sum(count) over w as count, sum(debit) over w as debit, sum(credit) over w as credit from steps window w as (partition by ${slice} order by at)),
    stated as (
      select ${slice}, loaded_at_pub as at, count, debit, credit from slice_totals
      union all select ${slice}, superseded_at_pub, 0, 0, 0 from slice_totals t where superseded_at_pub is not null
        and not exists (select from slice_totals n where n.loaded_at_pub = t.superseded_at_pub and (n.system_id, n.object_type, n.entity, n.period, n.version, n.currency) = (t.system_id, t.object_type, t.entity, t.period, t.version, t.currency)))
    select concat_ws(' ', object_type, entity, period, version, currency) || ' as of publication ' || at || ': the total says ' || coalesce(s.count, 0) || ' lines, debit ' || coalesce(s.debit, 0) || ', credit ' || coalesce(s.credit, 0)
      || '; the lines have ' || coalesce(l.count, 0) || ', ' || coalesce(l.debit, 0) || ', ' || coalesce(l.credit, 0) as text
    from stated s full join standing l using (${slice}, at)
    where coalesce(s.count, 0) <> coalesce(l.count, 0) or coalesce(s.debit, 0) <> coalesce(l.debit, 0) or coalesce(s.credit, 0) <> coalesce(l.credit, 0) order by 1 limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(sql`select count(*) as n from slice_totals`)
  return { name: 'published totals', rowsChecked: Number(n!.n), differences: rows.map((row) => row.text) }
}

/** Every line still says what it said when it was loaded: its content hash, taken again from the row. */
export async function checkLineContents(db: Database): Promise<Check> {
  const rows = await db.execute<{ text: string }>(sql`
    select 'line ' || line_id || ' (' || source_key || ', ' || entity || ' ' || period || ') is not what was loaded' as text from lines
    where content_hash <> left(encode(sha256(convert_to(concat_ws(E'\\n', entity, period, version, currency, debit::text, credit::text, account,
      coalesce(cost_centre, ''), coalesce(project, ''), coalesce(counterparty, ''), accounting_status, coalesce(document, ''),
      coalesce(effective_on::text, ''), coalesce(posted_on::text, ''), coalesce(description, '')), 'UTF8')), 'hex'), 32)::uuid
    limit ${AT_MOST}`)
  const orphans = await db.execute<{ text: string }>(sql`
    select 'publication ' || p.publication || ' has no predecessor' as text from publications p
      where p.publication > 1 and not exists (select from publications b where b.publication = p.publication - 1)
    union all select 'publication ' || at || ' is not known, and lines say they were loaded by it' from (select distinct loaded_at_pub as at from lines) l
      where not exists (select from publications p where p.publication = l.at)
    limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(sql`select count(*) as n from lines`)
  return { name: 'line contents', rowsChecked: Number(n!.n), differences: [...rows, ...orphans].map((row) => row.text) }
}

/** Every artifact still has the bytes its name promises. */
export async function checkArtifacts(db: Database): Promise<Check> {
  const artifacts = await db.execute<{ artifact_id: number; sha256: string; byte_count: number }>(
    sql`select artifact_id, sha256, byte_count from artifacts order by artifact_id`,
  )
  const differences: string[] = []
  for (const artifact of artifacts) {
    const hash = createHash('sha256')
    let bytes = 0
    try {
      for await (const piece of readArtifact(db, artifact.artifact_id)) {
        hash.update(piece)
        bytes += piece.length
      }
      if (hash.digest('hex') !== artifact.sha256)
        differences.push(`artifact ${artifact.artifact_id}: its ${bytes} bytes are not those that were received`)
    } catch {
      differences.push(`artifact ${artifact.artifact_id} cannot be unpacked`)
    }
  }
  return { name: 'artifacts', rowsChecked: artifacts.length, differences }
}

/** The rollup of what waits behind exceptions, recomputed from their rejections. */
export async function checkWaiting(db: Database): Promise<Check> {
  const slice = sql`run_id, exception_ids, needs, entity, period, version, currency`
  const rows = await db.execute<{ text: string }>(sql`
    with found as (select * from (${waitingOf(() => sql`true`)}) f)
    select 'run ' || run_id || ' ' || concat_ws(' ', entity, period, version, currency) || ' behind exceptions ' || array_to_string(exception_ids, ', ') || ': kept are ' || coalesce(s.records, 0) || ' records, debit '
      || coalesce(s.debit, 0) || ', credit ' || coalesce(s.credit, 0) || '; the rows have ' || coalesce(f.records, 0) || ', ' || coalesce(f.debit, 0) || ', ' || coalesce(f.credit, 0) as text
    from waiting_records s full join found f using (${slice})
    where coalesce(s.records, 0) <> coalesce(f.records, 0) or coalesce(s.debit, 0) <> coalesce(f.debit, 0) or coalesce(s.credit, 0) <> coalesce(f.credit, 0) limit ${AT_MOST}`)
  const [n] = await db.execute<{ n: number }>(sql`select count(*) as n from waiting_records`)
  return { name: 'waiting records', rowsChecked: Number(n!.n), differences: rows.map((row) => row.text) }
}
