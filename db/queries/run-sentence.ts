import { sql, type SQL } from 'drizzle-orm'
import { LINE_TYPES, type ObjectType } from '#server/domain/record.ts'
import type { RecordCounts } from '#server/domain/run.ts'
import type { Queryable } from '../client.ts'
import { inScope } from './totals.ts'

/**
 * The sentence of a run (`r`) as a reader with this scope may hear it. The one that is kept counts everything the run touched; who
 * does not see all of that hears what became of their own entities instead, counted from the same rows.
 */
export function sentenceFor(scope: readonly string[]): SQL<string | null> {
  const kept = sql`r.summary->>'sentence'`
  if (scope.includes('*')) return sql<string | null>`${kept}`
  const parts = (['new', 'changed', 'unchanged', 'duplicate', 'rejected'] as const).map(
    (
      checkpoint,
    ) => sql`(select case when coalesce(sum(c.count), 0) > 0 then to_char(sum(c.count), 'FM999,999,999,999') || ${` ${checkpoint}`}::text end
      from control_totals c where c.run_id = r.run_id and c.checkpoint = ${checkpoint} and ${inScope(sql`c.entity`, scope)})`,
  )
  const own = sql`coalesce(nullif(concat_ws(', ', ${sql.join(parts, sql`, `)}), ''), 'nothing')`
  return sql<string | null>`case
    when r.summary is null then null
    when r.summary->>'outcome' = 'failed' or ${isWhole(scope)} then ${kept}
    when r.trigger = 'rollback' then 'Withdrew a publication, also of entities outside your scope.'
    when r.is_preview then 'Of your entities: ' || ${own} || '. A preview.'
    when r.status = 'held' then 'Held. Of your entities: ' || ${own} || '. Nothing was published.'
    else 'Of your entities: ' || ${own} || '.' end`
}

/** Every entity the run touched is in scope; a rollback touches what the run it withdraws had touched. */
export const isWhole = (scope: readonly string[]): SQL => sql`not exists (select from control_totals c
  where c.run_id = case when r.trigger = 'rollback' then r.origin_run_id else r.run_id end and not ${inScope(sql`c.entity`, scope)})`

export type RunWords = { sentence: string | null; isWhole: boolean; lines: RecordCounts; members: RecordCounts }

/** What a run came to for a reader with this scope. Records that went without being mentioned are counted for all entities together. */
export async function findRunWords(db: Queryable, runId: number, scope: readonly string[]): Promise<RunWords> {
  const [[row], counts] = await Promise.all([
    db.execute<{ sentence: string | null; isWhole: boolean }>(
      sql`select ${sentenceFor(scope)} as sentence, ${isWhole(scope)} as "isWhole" from runs r where r.run_id = ${runId}`,
    ),
    db.execute<{ isLine: boolean; checkpoint: string; n: number }>(sql`
      select c.object_type in ${LINE_TYPES as readonly ObjectType[]} as "isLine", c.checkpoint, sum(c.count)::float8 as n from control_totals c
      where c.run_id = ${runId} and ${inScope(sql`c.entity`, scope)} group by 1, 2`),
  ])
  const of = (isLine: boolean): RecordCounts => {
    const at = (checkpoint: string) => counts.find((one) => one.isLine === isLine && one.checkpoint === checkpoint)?.n ?? 0
    return {
      new: at('new'),
      changed: at('changed'),
      unchanged: at('unchanged'),
      duplicate: at('duplicate'),
      rejected: at('rejected'),
      removed: 0,
    }
  }
  return { sentence: row?.sentence ?? null, isWhole: row?.isWhole ?? false, lines: of(true), members: of(false) }
}
