import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { isDatabaseAway } from '#db/failures.ts'
import { LONG_GREETING, promptly } from '#db/prompt-socket.ts'
import type { Source } from './source.ts'

const NOTED_MAX = 5

export type Read = {
  readonly looks: number
  /** The database did not answer, as it does not when it is cut off, busy or down. */
  readonly away: number
  /** The look itself failed. */
  readonly failed: number
  readonly halfVisible: number
  readonly notes: readonly string[]
}
export type Reader = { stop(): Promise<Read> }

/**
 * Looks at one source after the other, on a connection of its own, for as long as the trial lasts: in one snapshot, the newest
 * publication, and the totals and the lines as of it. They must agree with each other, and be what stood after one of the
 * deliveries, never one before the last seen.
 */
export function startReader(url: string, sources: readonly Source[], pauseMs = 5): Reader {
  // One that is cut off opens its connection again by itself.
  const sql = postgres(url, {
    max: 1,
    connect_timeout: 2,
    backoff: () => 0.05,
    onnotice: () => undefined,
    connection: { application_name: 'chaos reads', ...LONG_GREETING },
    ...promptly(),
  })
  const seen = new Map<Source, number>(sources.map((source) => [source, 0]))
  const found = { looks: 0, away: 0, failed: 0, halfVisible: 0, notes: [] as string[] }
  let isOver = false
  const reading = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const source = sources[turn % sources.length]!
      const begun = performance.now()
      await look(source).catch((error: unknown) => {
        if (isDatabaseAway(error)) found.away++
        else if (found.failed++ < NOTED_MAX) found.notes.push(`a look at ${source.entity} failed: ${String(error)}`)
        return sleep(50)
      })
      // After a thousand loads a look takes a while: half of the time is left to the attacked.
      if (pauseMs > 0) await sleep(Math.max(pauseMs, performance.now() - begun))
    }
  })()

  async function look(source: Source): Promise<void> {
    const [at] = await figures(sql, source.entity)
    found.looks++
    const state = source.states.lastIndexOf(at!.lines)
    const wrong =
      at!.lines !== at!.totals
        ? 'lines and totals differ'
        : state === -1
          ? 'neither before nor after a delivery'
          : state < seen.get(source)!
            ? 'an earlier delivery came back'
            : null
    if (wrong === null) return void seen.set(source, state)
    found.halfVisible++
    if (found.notes.length < NOTED_MAX) found.notes.push(`publication ${at!.publication} of ${source.entity}: ${wrong}`)
  }

  return {
    async stop() {
      isOver = true
      await reading
      await sql.end({ timeout: 1 })
      return found
    },
  }
}

/** What a screen would show of an entity, in one snapshot, in the words of `figuresWords`. */
export const figures = (sql: postgres.Sql, entity: string) => sql<{ publication: number; lines: string; totals: string }[]>`
  with p as (select coalesce(max(publication), 0) as n from publications),
  l as (select entity, period, count(*) as count, sum(debit) as debit, sum(credit) as credit from lines, p
    where entity = ${entity} and loaded_at_pub <= p.n and (superseded_at_pub is null or superseded_at_pub > p.n) group by 1, 2),
  t as (select entity, period, sum(count) as count, sum(debit) as debit, sum(credit) as credit from slice_totals, p
    where entity = ${entity} and loaded_at_pub <= p.n and (superseded_at_pub is null or superseded_at_pub > p.n) group by 1, 2)
  select (select n from p) as publication,
    coalesce((select string_agg(concat_ws('|', entity, period, count, (debit * 100)::bigint, (credit * 100)::bigint), E'\n' order by entity collate "C", period) from l), '') as lines,
    coalesce((select string_agg(concat_ws('|', entity, period, count, (debit * 100)::bigint, (credit * 100)::bigint), E'\n' order by entity collate "C", period) from t), '') as totals`
