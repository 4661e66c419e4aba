import type { Database } from '#db/client.ts'
import { listHeldRecords, listLinesElsewhere, listWaitingRecords, type ComingRecord } from '#db/queries/comparison-evidence.ts'
import type { Compared } from '#db/queries/comparison-sides.ts'
import type { ComparisonItem } from '#db/queries/comparisons.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { Elsewhere, InFlight, Situation } from '#server/domain/reconciliation/difference.ts'
import type { Candidate, Units } from './candidates.ts'
import { otherAccounts } from './other-accounts.ts'
import { publishedAfter } from './published-after.ts'

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
  const lines = linesOf(candidates)
  const sides = [0, side]
  const accounts = otherAccounts(compared, candidates)
  const bareKeys = [...new Set(keys.map(accounts.bareOf))]
  const elsewhere: Elsewhere[] = []
  const waiting: Situation['waiting'][number][] = []
  const inFlight: InFlight[] = []
  if (namesItems(compared.definition.key))
    elsewhere.push(...(await elsewhereOf(db, compared, side, bareKeys, accounts, asOf, units, items)))
  for (const { of, at, group } of accounts.pairs(side)) {
    const { id, side, currency, minor } = at
    elsewhere.push({ id: `f${id}`, side, key: of.key, currency, minor, group })
  }
  const [rejected, held, later] = await Promise.all([
    Promise.all(sides.map((of) => listWaitingRecords(db, accounts.bare, of, bareKeys))),
    Promise.all(sides.map((of) => listHeldRecords(db, compared, of, keys))),
    publishedAfter(db, compared, side, keys, candidates, asOf, units),
  ])
  for (const [i, of] of sides.entries()) {
    for (const record of rejected[i]!) {
      const id = `r${record.record_id}`
      const own = coming(record, compared, units)
      const key = record.has_account ? accounts.keyOf(record.key, record.account) : accounts.keyLike(of, own)
      if (key === undefined) continue
      items.set(id, { side: of, kind: 'rejected', item_id: record.record_id, amount: record.amount, is_evidence: true })
      waiting.push({ id, side: of, ...own, key, exceptionIds: record.exception_ids.map(String) })
    }
    for (const record of held[i]!) {
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
  inFlight.push(...later)
  return { known: { elsewhere, waiting, inFlight }, itemsOf: (id) => [items.get(id) ?? lines.get(id) ?? []].flat() }
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
  bareKeys: readonly string[],
  accounts: ReturnType<typeof otherAccounts>,
  asOf: number,
  units: Units,
  items: Map<string, ComparisonItem>,
): Promise<Elsewhere[]> {
  const { entity, period } = compared
  const [first, other] = await Promise.all([
    listLinesElsewhere(db, accounts.bare, 0, bareKeys, asOf),
    listLinesElsewhere(db, accounts.bare, side, bareKeys, asOf),
  ])
  const where = (line: (typeof first)[number]) =>
    JSON.stringify([
      line.key,
      line.entity,
      line.period,
      line.account,
      line.currency,
      units(line.amount, line.currency).toString(),
    ])
  return [
    { of: 0, lines: first, there: new Set(other.map(where)) },
    { of: side, lines: other, there: new Set(first.map(where)) },
  ].flatMap(({ of, lines, there }) =>
    lines.flatMap((line) => {
      const id = `l${line.line_id}`
      const { currency } = line
      const minor = units(line.amount, currency)
      const isHere = line.entity === entity && line.period === period
      // On an account that neither counts, and there on both: it ties there, and is evidence of nothing.
      if (isHere && there.has(where(line))) return []
      const key = isHere ? accounts.keyLike(of, { key: line.key, currency, minor }) : accounts.keyOf(line.key, line.account)
      if (key === undefined) return []
      items.set(id, { side: of, kind: 'line', item_id: line.line_id, amount: line.amount, is_evidence: true })
      return [
        {
          id,
          side: of,
          key,
          currency,
          minor,
          ...(line.period !== period && { period: line.period }),
          ...(line.entity !== entity && { entity: line.entity }),
          ...(isHere && { group: `account ${line.account}` }),
        },
      ]
    }),
  )
}

/** What is compared itself, as evidence: 'f' before its id. */
const linesOf = (candidates: readonly Candidate[]): ReadonlyMap<string, ComparisonItem[]> =>
  new Map(
    candidates.map(({ item, lines }) => [
      `f${item.id}`,
      lines.map((line) => ({ side: line.side, kind: 'line', item_id: line.line_id, amount: line.amount, is_evidence: true })),
    ]),
  )
