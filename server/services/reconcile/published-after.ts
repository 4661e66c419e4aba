import type { Database } from '#db/client.ts'
import { listKeySums, listLastAsked } from '#db/queries/comparison-evidence.ts'
import type { Compared } from '#db/queries/comparison-sides.ts'
import { namesItems } from '#server/domain/reconciliation/definition.ts'
import type { InFlight } from '#server/domain/reconciliation/difference.ts'
import { cellOf, type Candidate, type Units } from './candidates.ts'

type Item = Candidate['item']

/** What the first side published after the other was last asked: the other cannot have it yet. */
export async function publishedAfter(
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
  const own = candidates.filter(({ item }) => item.side === 0)
  const isOld = ({ lines }: Candidate) => lines.every(({ loaded_at_pub }) => loaded_at_pub <= last.publication)
  // Of balances a line may be gone that stood then.
  if (namesItems(compared.definition.key) && own.every(isOld)) return []
  const base = { side, runId: String(last.run_id), why: 'published_after' as const }
  const then = new Map(
    (await listKeySums(db, compared, 0, keys, last.publication)).map((sum) => [cellOf(sum), units(sum.amount, sum.currency)]),
  )
  if (!namesItems(compared.definition.key)) {
    return own.flatMap(({ item }) => {
      const moved = item.minor - (then.get(placeOf(item)) ?? 0n)
      return moved === 0n ? [] : [{ ...base, ...told(item), minor: moved }]
    })
  }
  const kept = new Map<string, bigint>()
  for (const candidate of own.filter(isOld)) {
    const place = placeOf(candidate.item)
    kept.set(place, (kept.get(place) ?? 0n) + candidate.item.minor)
  }
  const others = new Map<string, Item[]>()
  for (const { item } of candidates) {
    if (item.side === side && !others.get(item.key)?.push(item)) others.set(item.key, [item])
  }
  return own.flatMap((candidate): InFlight[] => {
    const { item } = candidate
    if (isOld(candidate)) return []
    const was = then.get(placeOf(item))
    const [there, ...more] = others.get(item.key) ?? []
    // The other side has nothing of it. If the first had it when the other was asked, the other missed it, and a new version excuses nothing.
    if (there === undefined) return was === undefined ? [{ ...base, ...told(item) }] : []
    // What the other side has must be what the first had: anything else did not come of being asked too early.
    if (more.length > 0 || there.currency !== item.currency || there.minor !== was) return []
    const isAdded = kept.get(placeOf(item)) === was
    return [{ ...base, ...told(item), ...(!isAdded && { replaces: there.id }) }]
  })
}

const placeOf = ({ key, group, currency }: Item) => cellOf({ key, account_group: group, currency })
const told = ({ id, key, currency, minor }: Item) => ({ id: `f${id}`, key, currency, minor })
