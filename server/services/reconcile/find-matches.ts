import type { MatchAct, NewMatch } from '#db/queries/matches.ts'
import { formatMinor } from '#server/domain/money.ts'
import { matchRuleOf, type ReconciliationDefinition } from '#server/domain/reconciliation/definition.ts'
import type { Distance, Match } from '#server/domain/reconciliation/match.ts'
import { matchItems } from '#server/domain/reconciliation/match-items.ts'
import type { MatchState } from '#server/domain/reconciliation/match-state.ts'
import type { Candidate } from './candidates.ts'

export type Matched = {
  /** What counts: found by a rule that decides, or joined by a person. */
  readonly matches: readonly Match[]
  /** All of it, as it is kept. */
  readonly kept: readonly NewMatch[]
}

/** Lines that belong together although their keys differ: by the rules of the definition in order, and by what people said. */
export function findMatches(
  candidates: readonly Candidate[],
  { rules }: ReconciliationDefinition,
  side: number,
  acts: readonly MatchAct[],
  digits: (currency: string) => number,
): Matched {
  if (rules.length === 0 && acts.length === 0) return { matches: [], kept: [] }
  const byId = new Map(candidates.map((candidate) => [candidate.item.id, candidate]))
  const ids = (lines: readonly number[]) => lines.map((line) => `l${line}`)
  const said = (kind: MatchAct['kind']) => acts.filter((act) => act.kind === kind)
  const found = matchItems(
    candidates.map(({ item }) => item),
    rules.map(matchRuleOf),
    {
      fixed: said('joined').map((act) => [...ids(act.firstLineIds), ...ids(act.otherLineIds)]),
      forbidden: said('parted').flatMap((act) =>
        ids(act.firstLineIds).flatMap((first) => ids(act.otherLineIds).map((other) => [first, other] as const)),
      ),
    },
  )
  const isAsked = new Set(rules.filter(({ confirm }) => confirm).map(({ name }) => name))
  const stateOf = ({ by, rule }: Match): MatchState => (by === 'person' ? 'joined' : isAsked.has(rule) ? 'suggested' : 'matched')
  const linesOf = (itemIds: readonly string[]) =>
    itemIds.flatMap((id) => (byId.get(id)?.lines ?? []).map(({ side, line_id, amount }) => ({ side, line_id, amount })))
  const kept = found.matches.map((match): NewMatch => {
    const { rule, currency, minor, first, other } = match
    const text = (distance: Distance | null) =>
      distance && { amount: formatMinor(distance.minor, digits(currency)), days: distance.days }
    return {
      side,
      state: stateOf(match),
      rule,
      currency,
      difference: formatMinor(minor, digits(currency)),
      distance: text(match.distance),
      margin: text(match.margin),
      lines: linesOf([...first, ...other]),
    }
  })
  const asked = found.ambiguous.map(({ rule, first, other }): NewMatch => {
    const of = (itemIds: readonly string[]) => itemIds.reduce((sum, id) => sum + (byId.get(id)?.item.minor ?? 0n), 0n)
    const currency = byId.get(first[0] ?? other[0]!)!.item.currency
    return {
      side,
      state: 'ambiguous',
      rule,
      currency,
      difference: formatMinor(of(other) - of(first), digits(currency)),
      distance: null,
      margin: null,
      lines: linesOf([...first, ...other]),
    }
  })
  return { matches: found.matches.filter((match) => stateOf(match) !== 'suggested'), kept: [...asked, ...kept] }
}
