import type { Database } from '#db/client.ts'
import {
  listHeldRecords,
  listKeySums,
  listLastAsked,
  listLinesElsewhere,
  listWaitingRecords,
  type ComingRecord,
} from '#db/queries/comparison-evidence.ts'
import type { Compared } from '#db/queries/comparison-sides.ts'
import type { ComparisonItem } from '#db/queries/comparisons.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { Elsewhere, InFlight, Situation } from '#server/domain/reconciliation/difference.ts'
import type { Candidate, Units } from './candidates.ts'

/** What is known of records that are not among those compared, and where each is to be found. */
export type Evidence = {
  readonly known: Pick<Situation, 'elsewhere' | 'waiting' | 'inFlight'>
  readonly itemsOf: (id: string) => readonly ComparisonItem[]
}

/**
 * Why a side may have less, more or other than the first: the same key in another period, entity or account, a record that was rejected,
 * a load that is held, something published after the other side was last asked.
 */
export async function findEvidence(
  db: Database,
  compared: Compared,
  side: number,
  keys: readonly string[],
  candidates: readonly Candidate[],
  asOf: number,
  units: Units,
): Promise<Evidence> {
  const items = new Map<string, ComparisonItem>()
  const sides = [0, side]
  const elsewhere: Elsewhere[] = []
  const waiting: Situation['waiting'][number][] = []
  const inFlight: InFlight[] = []
  for (const of of sides) {
    if (namesItems(compared.definition.key)) elsewhere.push(...(await elsewhereOf(db, compared, of, keys, asOf, units, items)))
    for (const record of await listWaitingRecords(db, compared, of, keys)) {
      const id = `r${record.record_id}`
      items.set(id, { side: of, kind: 'rejected', item_id: record.record_id, amount: record.amount, is_evidence: true })
      waiting.push({ id, side: of, ...coming(record, compared, units), exceptionIds: record.exception_ids.map(String) })
    }
    for (const record of await listHeldRecords(db, compared, of, keys)) {
      if (record.stands === record.amount) continue
      inFlight.push({
        id: `h${record.record_id}`,
        side: of,
        ...coming(record, compared, units),
        runId: String(record.run_id),
        why: 'held',
      })
    }
  }
  inFlight.push(...(await publishedAfter(db, compared, side, keys, candidates, asOf, units)))
  return { known: { elsewhere, waiting, inFlight }, itemsOf: (id) => [items.get(id) ?? lineOf(id, candidates) ?? []].flat() }
}

/** Of single items the record itself, and what it replaces; of balances by how much it would move them. */
function coming(record: ComingRecord, compared: Compared, units: Units) {
  const { key, currency, amount, stands, stands_line_id } = record
  const minor = units(amount, currency)
  if (!namesItems(compared.definition.key))
    return { key, currency, minor: minor - (stands === null ? 0n : units(stands, currency)) }
  return { key, currency, minor, ...(stands_line_id !== null && { replaces: `l${stands_line_id}` }) }
}

async function elsewhereOf(
  db: Database,
  compared: Compared,
  side: number,
  keys: readonly string[],
  asOf: number,
  units: Units,
  items: Map<string, ComparisonItem>,
): Promise<Elsewhere[]> {
  const { entity, period } = compared
  return (await listLinesElsewhere(db, compared, side, keys, asOf)).map((line) => {
    const id = `l${line.line_id}`
    items.set(id, { side, kind: 'line', item_id: line.line_id, amount: line.amount, is_evidence: true })
    return {
      id,
      side,
      key: line.key,
      currency: line.currency,
      minor: units(line.amount, line.currency),
      ...(line.period !== period && { period: line.period }),
      ...(line.entity !== entity && { entity: line.entity }),
      ...(line.period === period && line.entity === entity && { group: `account ${line.account}` }),
    }
  })
}

/** What the first side published after the other was last asked: the other cannot have it yet. */
async function publishedAfter(
  db: Database,
  compared: Compared,
  side: number,
  keys: readonly string[],
  candidates: readonly Candidate[],
  asOf: number,
  units: Units,
): Promise<InFlight[]> {
  const asked = await listLastAsked(db, compared.systemIds)
  const last = asked.find(({ system_id }) => system_id === compared.systemIds[side])
  if (!last || last.publication >= asOf) return []
  const base = { side, runId: String(last.run_id), why: 'published_after' as const }
  const own = candidates.filter(({ item }) => item.side === 0)
  if (namesItems(compared.definition.key)) {
    return own.flatMap(({ item, lines }) => {
      if (lines.every(({ loaded_at_pub }) => loaded_at_pub <= last.publication)) return []
      const { key, currency, minor } = item
      const there = candidates.filter((one) => one.item.side === side && one.item.key === key && one.item.currency === currency)
      return [{ ...base, id: `f${item.id}`, key, currency, minor, ...(there.length === 1 && { replaces: there[0]!.item.id }) }]
    })
  }
  const then = await listKeySums(db, compared, 0, keys, last.publication)
  return own.flatMap(({ item: { id, key, currency, group, minor } }) => {
    const was = then.find((sum) => sum.key === key && sum.account_group === group && sum.currency === currency)
    const moved = minor - (was ? units(was.amount, currency) : 0n)
    return moved === 0n ? [] : [{ ...base, id: `f${id}`, key, currency, minor: moved }]
  })
}

/** 'f' before the id of what was published later. */
const lineOf = (id: string, candidates: readonly Candidate[]): ComparisonItem[] | undefined =>
  candidates
    .find(({ item }) => id === `f${item.id}`)
    ?.lines.map((line) => ({ side: line.side, kind: 'line', item_id: line.line_id, amount: line.amount, is_evidence: true }))
