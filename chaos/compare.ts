import type postgres from 'postgres'
import { orphanPlaces } from '#db/testing/published.ts'
import { verify } from '#server/services/verify.ts'
import type { Read } from './reader.ts'
import type { Source } from './source.ts'
import { centsOf } from './source.ts'
import type { Tower } from './tower.ts'

/** What a comparison found; adding two up makes a third. */
export class Tally {
  loads = 0
  kills = 0
  lost = 0
  doubled = 0
  halfVisible = 0
  looks: number | null = null
  unexplained = 0
  readonly notes: string[] = []
  #said = 0

  /** Something that should not be, and that is neither a lost nor a doubled record. Always noted, however much was said. */
  blame(count: number, note: string): void {
    this.unexplained += count
    if (count > 0) this.notes.push(note)
  }

  /** What a reader saw, and that it could ask. */
  read({ looks, halfVisible, failed, notes }: Read): void {
    this.looks = (this.looks ?? 0) + looks
    this.halfVisible += halfVisible
    this.unexplained += failed
    for (const note of notes) this.say(note)
  }

  say(note: string): void {
    if (this.#said++ < SAID_MAX) this.notes.push(note)
  }
}

const SAID_MAX = 40
const ROWS_AT_ONCE = 5_000

/** Every current line against what the sources sent last: content by content, as often as it should be there. */
export async function compareWithSources(
  { owner }: Pick<Tower, 'owner'>,
  sources: readonly Source[],
  tally: Tally,
): Promise<void> {
  for (const source of sources) {
    const before = { lost: tally.lost, doubled: tally.doubled }
    const seen = new Set<string>()
    const rows = owner<{ key: string; content: string }[]>`
      select source_key as key, concat_ws('|', period, (debit * 100)::bigint, (credit * 100)::bigint, document, coalesce(description, '')) as content
      from lines where entity = ${source.entity} and superseded_at_pub is null`.cursor(ROWS_AT_ONCE)
    for await (const some of rows)
      for (const { key, content } of some) {
        const line = source.lines.get(key)
        const expected = line && [line.period, centsOf(line.debit), centsOf(line.credit), line.document, line.text].join('|')
        if (content !== expected || seen.has(key)) tally.doubled++
        else seen.add(key)
      }
    tally.lost += source.lines.size - seen.size
    if (tally.lost > before.lost) tally.say(`${source.entity}: ${tally.lost - before.lost} lines lost`)
    if (tally.doubled > before.doubled)
      tally.say(`${source.entity}: ${tally.doubled - before.doubled} lines that should not be there`)
  }
}

/** All lines by content and all totals of two installations that were given the same. */
export async function compareTowers(tried: Tower, calm: Tower, tally: Tally): Promise<void> {
  const [ours, theirs] = await Promise.all([bucketsOf(tried.owner), bucketsOf(calm.owner)])
  for (const bucket of new Set([...ours.keys(), ...theirs.keys()])) {
    if (ours.get(bucket) === theirs.get(bucket)) continue
    const [here, there] = await Promise.all([contentsOf(tried.owner, bucket), contentsOf(calm.owner, bucket)])
    const missing = beyond(there, here)
    const surplus = beyond(here, there)
    tally.lost += missing
    tally.doubled += surplus
    tally.say(`${bucket}: against an undisturbed run ${missing} lines are missing and ${surplus} are too many`)
  }
  const [totals, calmTotals] = await Promise.all([totalsOf(tried.owner), totalsOf(calm.owner)])
  const differing =
    totals.filter((one) => !calmTotals.includes(one)).length + calmTotals.filter((one) => !totals.includes(one)).length
  tally.blame(differing, `${differing} totals differ from those of an undisturbed run`)
}

/** Nothing is left behind, everything has ended, and every figure follows from its rows. */
export async function inspect(tower: Tower, tally: Tally): Promise<void> {
  const active = await tower.owner<{ run_id: number; status: string }[]>`
    select run_id, status from runs where status in ('queued', 'running', 'waiting', 'blocked')`
  tally.blame(
    active.length,
    `${active.length} runs never ended: ${active
      .map((run) => `${run.run_id} is ${run.status}`)
      .slice(0, 5)
      .join(', ')}`,
  )
  const places = await orphanPlaces(tower.context.db)
  tally.blame(places.length, `tables of loads are left: ${places.slice(0, 5).join(', ')}`)
  const outside = await tower.owner<{ failure_class: string; failure_code: string; failure_detail: string; n: number }[]>`
    select failure_class, failure_code, min(failure_detail) as failure_detail, count(*)::int as n from attempts
    where outcome = 'failed' and failure_class not like 'technical%' group by 1, 2`
  for (const { failure_class, failure_code, failure_detail, n } of outside)
    tally.blame(n, `${n} attempts failed as ${failure_class}, ${failure_code}: ${failure_detail}`)
  const { checks } = await verify(tower.context)
  for (const { name, differences } of checks)
    tally.blame(differences.length, `verify, ${name}: ${differences.slice(0, 3).join('; ')}`)
}

const CONTENT = `concat_ws('|', s.code, l.object_type, l.source_key, l.entity, l.period, l.version, l.currency, l.debit, l.credit, l.account, l.cost_centre, l.project,
  l.counterparty, l.accounting_status, l.document, l.description, l.effective_on, l.posted_on)`

async function bucketsOf(owner: postgres.Sql): Promise<Map<string, string>> {
  const rows = await owner<{ bucket: string; hash: string }[]>`
    select bucket, count(*) || ' ' || sum(('x' || substr(md5(content), 1, 15))::bit(60)::bigint) as hash
    from (select concat_ws('|', l.entity, l.period) as bucket, ${owner.unsafe(CONTENT)} as content
      from lines l join systems s on s.system_id = l.system_id where l.superseded_at_pub is null) c group by 1`
  return new Map(rows.map(({ bucket, hash }) => [bucket, hash]))
}

async function contentsOf(owner: postgres.Sql, bucket: string): Promise<Map<string, number>> {
  const rows = await owner<{ content: string; n: number }[]>`
    select ${owner.unsafe(CONTENT)} as content, count(*)::int as n from lines l join systems s on s.system_id = l.system_id
    where l.superseded_at_pub is null and concat_ws('|', l.entity, l.period) = ${bucket} group by 1`
  return new Map(rows.map(({ content, n }) => [content, n]))
}

/** How many contents there are in `one` beyond those in `other`. */
function beyond(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  let count = 0
  for (const [content, n] of one) count += Math.max(0, n - (other.get(content) ?? 0))
  return count
}

async function totalsOf(owner: postgres.Sql): Promise<string[]> {
  const rows = await owner<{ total: string }[]>`
    select concat_ws('|', s.code, t.object_type, t.entity, t.period, t.version, t.currency, t.count, t.debit, t.credit) as total
    from slice_totals t join systems s on s.system_id = t.system_id where t.superseded_at_pub is null`
  return rows.map(({ total }) => total)
}
