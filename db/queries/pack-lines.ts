import { sql, type SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type { Queryable } from '../client.ts'
import { iso } from '../iso.ts'
import { currentAt, figuresOf, inSlice, linesOf, type Compared } from './comparison-sides.ts'

export type PackLine = {
  readonly line_id: number
  readonly key: string
  readonly account_group: string
  readonly currency: string
  readonly amount: string
  readonly source_key: string
  readonly account: string
  readonly on: string | null
  readonly reference: string | null
  readonly status: string
  readonly run_id: number
  readonly publication: number
  readonly sha256: string
  readonly position: number
}

const PAGE_ROWS = 5_000

/** The lines of a side in a currency after one of them, in the order of the index: whatever their number, a page is read at its place. */
function pageOf(
  compared: Compared,
  side: number,
  { asOf, currency, after }: { asOf: number; currency: string; after: number },
): SQL {
  const lines = linesOf(
    compared,
    side,
    sql`${inSlice(compared)} and l.currency = ${currency} and ${currentAt(asOf)} and l.line_id > ${after}`,
  )
  return sql`
    select l.line_id, l.key, l.account_group, l.currency, l.amount::text as amount, l.source_key, l.account, l."on", l.reference, l.status, p.run_id,
      l.loaded_at_pub as publication, a.sha256, l.position
    from (${lines} order by l.line_id limit ${PAGE_ROWS}) l join publications p on p.publication = l.loaded_at_pub join artifacts a on a.artifact_id = l.artifact_id
    order by l.line_id`
}

/** Every line of a side, a page at a time. As of a publication nothing moves, so the pages fit together. */
export async function* eachPackLine(
  db: Queryable,
  compared: Compared,
  { side, currency, asOf }: { side: number; currency: string; asOf: number },
): AsyncGenerator<readonly PackLine[]> {
  for (let after = 0; ; ) {
    const rows = await db.execute<PackLine>(pageOf(compared, side, { asOf, currency, after }))
    yield rows
    if (rows.length < PAGE_ROWS) return
    after = Number(rows.at(-1)!.line_id)
  }
}

export type AskedStatement = { readonly of: string; readonly sql: string; readonly parameters: readonly unknown[] }

/** The statements as they are asked, for whoever repeats them. */
export function packStatements(compared: Compared, asOf: number, currencies: readonly string[]): AskedStatement[] {
  const dialect = new PgDialect()
  const text = (of: string, asked: SQL): AskedStatement => {
    const { sql: statement, params } = dialect.sqlToQuery(asked)
    return { of, sql: statement.replace(/\s+/g, ' ').trim(), parameters: params }
  }
  return [
    text('figures of every side', figuresOf(compared, asOf)),
    ...compared.definition.sides.flatMap(({ name }, side) =>
      currencies.map((currency) =>
        text(
          `lines of ${name} in ${currency}, ${PAGE_ROWS} at a time: asked again with the last line_id for the first 0 until fewer come`,
          pageOf(compared, side, { asOf, currency, after: 0 }),
        ),
      ),
    ),
  ]
}

export type RunUnder = {
  readonly run: number
  readonly job: string
  readonly trigger: string
  readonly requestedBy: string
  readonly publication: number
  readonly publishedAt: string
  readonly artifacts: readonly { readonly name: string; readonly sha256: string; readonly byteCount: number }[]
}

/** Every run that published or withdrew something of the sides up to a publication, with what it was given. */
export async function listRunsUnder(
  db: Queryable,
  { definition, systemIds, entity, period }: Compared,
  asOf: number,
): Promise<RunUnder[]> {
  const sides = definition.sides.map(
    ({ objectType }, side) => sql`(t.system_id = ${systemIds[side]!} and t.object_type = ${objectType})`,
  )
  const rows = await db.execute<RunUnder>(sql`
    with touching as (
      select distinct x.publication from slice_totals t cross join lateral unnest(array[t.loaded_at_pub, t.superseded_at_pub]) as x (publication)
      where (${sql.join(sides, sql` or `)}) and (t.entity, t.period, t.version) = (${entity}, ${period}, ${definition.version}) and x.publication <= ${asOf})
    select n.run_id as run, j.name as job, n.trigger, n.requested_by as "requestedBy", p.publication, ${iso(sql`p.published_at`)} as "publishedAt",
      coalesce((select json_agg(json_build_object('name', d.name, 'sha256', a.sha256, 'byteCount', a.byte_count) order by d.seq)
        from run_artifacts d join artifacts a on a.artifact_id = d.artifact_id where d.run_id = n.run_id), '[]') as artifacts
    from touching join publications p using (publication) join runs n on n.run_id = p.run_id join jobs j on j.job_id = n.job_id order by p.publication`)
  return [...rows]
}

/** How many lines the newest comparisons of these reconciliations are of, all sides together. */
export async function countComparedLines(db: Queryable, reconciliationIds: readonly number[]): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`
    select coalesce(sum(f.lines), 0) as count from reconciliations r join comparison_figures f on f.comparison_id = r.comparison_id
    where r.reconciliation_id = any(${`{${reconciliationIds.join()}}`}::int[])`)
  return Number(row!.count)
}
