import postgres from 'postgres'

export type DemoContents = {
  readonly database: string
  readonly isThere: boolean
  readonly runs: number
  readonly lines: number
  /** People, jobs and systems that the demonstration did not bring: somebody's work. */
  readonly others: readonly string[]
  readonly workers: number
}

/** What a database holds besides the demonstration, asked as its owner. Of an empty one: nothing. */
export async function readDemoContents(
  ownerUrl: string,
  known: { readonly people: readonly string[]; readonly jobs: readonly string[] },
): Promise<DemoContents> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  try {
    const [name] = await sql`select current_database() as database, to_regclass('public.job_versions') is not null as migrated,
      (select count(*)::int from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'public', 'load', 'drizzle', 'graphile_worker')) as strange`
    const database = String(name!.database)
    const strange = name!.strange > 0 ? [`${name!.strange} tables in schemas of its own`] : []
    if (!name!.migrated) {
      const [tables] = await sql`select count(*)::int as n from pg_tables where schemaname = 'public'`
      return {
        database,
        isThere: false,
        runs: 0,
        lines: 0,
        others: tables!.n > 0 ? [`${tables!.n} tables that are not ours`] : strange,
        workers: 0,
      }
    }
    const [row] = await sql`
      select (select count(*)::int from runs) as runs, (select coalesce(sum(count), 0)::int from slice_totals where superseded_at_pub is null) as lines,
        (select count(*)::int from workers where seen_at > now() - interval '20 seconds') as workers,
        exists (select from job_versions where created_by = 'service:seed') as seeded,
        array(select 'the person ' || sign_in from people where sign_in not in ${sql(known.people)} order by 1) as people,
        array(select 'the job ' || name from jobs where name not in ${sql(known.jobs)} order by 1) as jobs`
    const others = [...strange, ...(row!.people as string[]), ...(row!.jobs as string[])]
    return { database, isThere: row!.seeded, runs: row!.runs, lines: row!.lines, others, workers: row!.workers }
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Takes everything of ours out of a database. The role of the program stays. */
export async function dropEverything(ownerUrl: string): Promise<void> {
  const sql = postgres(ownerUrl, { max: 1, onnotice: () => undefined })
  try {
    await sql.unsafe(`
      drop schema if exists graphile_worker cascade; drop schema if exists drizzle cascade; drop schema if exists load cascade;
      drop schema public cascade; create schema public; grant usage on schema public to public;`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
